// A vault from its creation to its deletion, with one version of @azure/arm-recoveryservices.
import { all, expect, refused, row } from "./rows.mjs";

export const wait = { updateIntervalInMs: 200 };

/** softDeleteRefusal is the code with which this version of the client is told that soft delete is forced. */
export async function createVault({ vaults, client, group, name, region, softDeleteRefusal }) {
  await row(client, "vaults.beginCreateOrUpdateAndWait", async () => {
    const vault = await vaults.beginCreateOrUpdateAndWait(
      group,
      name,
      { location: region, sku: { name: "RS0", tier: "Standard" }, properties: { publicNetworkAccess: "Enabled" } },
      wait,
    );
    expect("provisioningState", vault.properties.provisioningState, "Succeeded");
  });
  await row(client, "vaults.get", async () => {
    const vault = await vaults.get(group, name);
    expect("name", vault.name, name);
    expect("location", vault.location, region);
    expect("provisioningState", vault.properties.provisioningState, "Succeeded");
  });
  await row(client, "vaults.listByResourceGroup", async () => {
    const names = (await all(vaults.listByResourceGroup(group))).map((vault) => vault.name);
    expect("the vault in the list", names.includes(name), true);
  });
  await row(client, "vaults.listBySubscriptionId", async () => {
    const names = (await all(vaults.listBySubscriptionId())).map((vault) => vault.name);
    expect("the vault in the list", names.includes(name), true);
  });
  await row(client, "vaults.beginUpdateAndWait", async () => {
    await vaults.beginUpdateAndWait(group, name, { tags: { from: "javascript" } }, wait);
    const vault = await vaults.get(group, name);
    expect("the tag", vault.tags?.from, "javascript");
    expect("soft delete", vault.properties.securitySettings.softDeleteSettings.softDeleteState, "AlwaysON");
  });
  await refused(client, "vaults.beginUpdateAndWait (soft delete)", softDeleteRefusal, () => {
    const properties = { securitySettings: { softDeleteSettings: { softDeleteState: "Disabled" } } };
    return vaults.beginUpdateAndWait(group, name, { properties }, wait);
  });
}

/** What came with the API versions of 2026, which only the newer client knows. */
export async function updateNewerSettings({ vaults, client, group, name }) {
  await row(client, "vaults.beginUpdateAndWait (settings of 2026)", async () => {
    const properties = {
      securitySettings: {
        immutabilitySettings: { state: "Unlocked", configuration: { type: "TimeBased", durationInDays: 90 } },
        sourceScanConfiguration: { state: "Enabled", sourceScanIdentity: { operationIdentityType: "SystemAssigned" } },
      },
      costManagementSettings: { granularityLevel: "ProtectedItemLevel" },
      regionOfChoiceSettings: { status: "Enabled" },
    };
    await vaults.beginUpdateAndWait(group, name, { properties }, wait);
    const { securitySettings, costManagementSettings, regionOfChoiceSettings } = (await vaults.get(group, name)).properties;
    expect("durationInDays", securitySettings.immutabilitySettings.configuration.durationInDays, 90);
    expect("scan", securitySettings.sourceScanConfiguration.sourceScanIdentity.operationIdentityType, "SystemAssigned");
    expect("granularityLevel", costManagementSettings.granularityLevel, "ProtectedItemLevel");
    expect("regionOfChoice", regionOfChoiceSettings.status, "Enabled");
    // So that the vault can be deleted.
    await vaults.beginUpdateAndWait(group, name, { properties: { securitySettings: { immutabilitySettings: { state: "Disabled" } } } }, wait);
  });
  await refused(client, "vaults.beginUpdateAndWait (days as per policy)", "InvalidRestApiParameter", () => {
    const configuration = { type: "AsPerPolicy", durationInDays: 90 };
    return vaults.beginUpdateAndWait(group, name, { properties: { securitySettings: { immutabilitySettings: { configuration } } } }, wait);
  });
}

export async function deleteVault({ vaults, client, group, name }) {
  await row(client, "vaults.beginDeleteAndWait", () => vaults.beginDeleteAndWait(group, name, wait));
  await refused(client, "vaults.get of one that is gone", "ResourceNotFound", () => vaults.get(group, name));
}
