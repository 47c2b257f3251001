// Microsoft's JavaScript clients against the embedded service. scripts/interop.sh says where it is:
//   BACKUP_ENDPOINT, BACKUP_SECRET, BACKUP_SUBSCRIPTION, BACKUP_TENANT, BACKUP_REGION, BACKUP_MACHINE
import { readFileSync } from "node:fs";

import { RecoveryServicesClient } from "@azure/arm-recoveryservices";
import { RecoveryServicesBackupClient } from "@azure/arm-recoveryservicesbackup";
import { ClientSecretCredential } from "@azure/identity";
import { RecoveryServicesClient as RecoveryServicesClient7 } from "arm-recoveryservices-7";

import { protectAndBackUp } from "./backups.mjs";
import { all, expect, refused, row } from "./rows.mjs";
import { createVault, deleteVault, updateNewerSettings, wait } from "./vaults.mjs";

const { dependencies } = JSON.parse(readFileSync(new URL("package.json", import.meta.url)));
const version = (name) => dependencies[name].split("@").pop();
const identity = `js identity ${version("@azure/identity")}`;

const endpoint = process.env.BACKUP_ENDPOINT;
const subscription = process.env.BACKUP_SUBSCRIPTION;
const region = process.env.BACKUP_REGION;
const machine = process.env.BACKUP_MACHINE;
const group = "interop-javascript";

// Without disableInstanceDiscovery the library would ask Microsoft whether the login endpoint can be trusted.
const credential = new ClientSecretCredential(process.env.BACKUP_TENANT, "interop-javascript", process.env.BACKUP_SECRET, {
  authorityHost: endpoint,
  disableInstanceDiscovery: true,
});
const options = { endpoint, credentialScopes: [`${endpoint}/.default`] };

await row(identity, "ClientSecretCredential.getToken", async () => {
  const token = await credential.getToken(`${endpoint}/.default`);
  expect("a token", typeof token.token, "string");
});
await row(identity, "getToken with a wrong secret", async () => {
  const wrong = new ClientSecretCredential(process.env.BACKUP_TENANT, "interop-javascript", "not the secret", {
    authorityHost: endpoint,
    disableInstanceDiscovery: true,
  });
  try {
    await wrong.getToken(`${endpoint}/.default`);
  } catch (error) {
    expect("the reason", /AADSTS7000215/.test(error.message), true);
    return;
  }
  throw new Error("the service gave a token for it");
});

const older = new RecoveryServicesClient(credential, subscription, options);
const first = {
  vaults: older.vaults,
  client: `js vaults ${version("@azure/arm-recoveryservices")}`,
  group,
  name: "js-vault",
  region,
  softDeleteRefusal: "BMSUserErrorDisablingSoftDeleteStateNotAllowed",
};
await createVault(first);
await row(first.client, "usages.listByVaults", async () => {
  const usages = await all(older.usages.listByVaults(group, first.name));
  expect("ProtectedItemCount", usages.find((usage) => usage.name.value === "ProtectedItemCount")?.currentValue, 0);
});
await row(first.client, "recoveryServices.checkNameAvailability", async () => {
  const answer = await older.recoveryServices.checkNameAvailability(group, region, {
    name: first.name,
    type: "Microsoft.RecoveryServices/Vaults",
  });
  expect("nameAvailable", answer.nameAvailable, false);
});

await protectAndBackUp({
  backup: new RecoveryServicesBackupClient(credential, subscription, options),
  client: `js backup ${version("@azure/arm-recoveryservicesbackup")}`,
  group,
  vault: first.name,
  region,
  machine,
});
// The older client's API version deletes no vault in which soft-deleted items are left; the newer one's does.
await refused(first.client, "vaults.beginDeleteAndWait", "ServiceResourceNotEmptyWithBackendMessage", () =>
  first.vaults.beginDeleteAndWait(group, first.name, wait),
);

const newer = new RecoveryServicesClient7(credential, subscription, options);
const second = {
  vaults: newer.vaults,
  client: `js vaults ${version("arm-recoveryservices-7")}`,
  group,
  name: "js-vault-7",
  region,
  softDeleteRefusal: "BMSUserErrorSoftDeleteStateNotSetToAlwaysON",
};
await createVault(second);
await updateNewerSettings(second);
await deleteVault(second);
await row(second.client, "vaults.beginDeleteAndWait (soft-deleted backups)", () => newer.vaults.beginDeleteAndWait(group, first.name, wait));
await row(second.client, "deletedVaults.listBySubscriptionId", async () => {
  const deleted = await all(newer.deletedVaults.listBySubscriptionId(region));
  const ids = deleted.map((vault) => vault.properties.vaultId.toLowerCase());
  expect("the vault among the deleted ones", ids.some((id) => id.endsWith(`/vaults/${second.name}`)), true);
});
