// Policies, protection, backups and recovery points, with @azure/arm-recoveryservicesbackup.
import { setTimeout as sleep } from "node:timers/promises";

import { all, expect, row } from "./rows.mjs";

const fabric = "Azure";

export async function protectAndBackUp({ backup, client, group, vault, region, machine }) {
  const [, , , , machineGroup, , , , machineName] = machine.split("/");
  const pair = `iaasvmcontainerv2;${machineGroup};${machineName}`;
  const container = `iaasvmcontainer;${pair}`;
  const item = `vm;${pair}`;
  const on = (operation, run) => row(client, operation, run);

  await on("backupPolicies.list", async () => {
    const filter = "backupManagementType eq 'AzureIaasVM'";
    const names = (await all(backup.backupPolicies.list(vault, group, { filter }))).map((policy) => policy.name);
    expect("DefaultPolicy in the list", names.includes("DefaultPolicy"), true);
    expect("EnhancedPolicy in the list", names.includes("EnhancedPolicy"), true);
  });
  const fallback = await on("protectionPolicies.get", async () => {
    const policy = await backup.protectionPolicies.get(vault, group, "DefaultPolicy");
    expect("backupManagementType", policy.properties.backupManagementType, "AzureIaasVM");
    return policy;
  });
  const policy = await on("protectionPolicies.createOrUpdate", async () => {
    await backup.protectionPolicies.createOrUpdate(vault, group, "js-daily", dailyPolicy(14));
    const made = await backup.protectionPolicies.get(vault, group, "js-daily");
    expect("days", made.properties.retentionPolicy.dailySchedule.retentionDuration.count, 14);
    return made;
  });

  await on("protectionContainers.refresh", async () => {
    let header;
    await backup.protectionContainers.refresh(vault, group, fabric, { onResponse: (raw) => (header = raw.headers.get("location")) });
    const operation = decodeURIComponent(new URL(header).pathname.split("/").pop());
    await until(async () => {
      let status;
      await backup.protectionContainerRefreshOperationResults.get(vault, group, fabric, operation, { onResponse: (raw) => (status = raw.status) });
      return status === 204;
    });
  });
  await on("backupProtectableItems.list", async () => {
    const filter = "backupManagementType eq 'AzureIaasVM'";
    const found = (await all(backup.backupProtectableItems.list(vault, group, { filter }))).map((one) => one.properties.virtualMachineId);
    expect("the machine in the list", found.includes(machine), true);
  });
  await on("backupStatus.get", async () => {
    const status = await backup.backupStatus.get(region, { resourceType: "VM", resourceId: machine });
    expect("protectionStatus", status.protectionStatus, "NotProtected");
  });

  await on("protectedItems.createOrUpdate", async () => {
    await waitForItem(backup, group, vault, container, item, (onResponse) =>
      backup.protectedItems.createOrUpdate(
        vault,
        group,
        fabric,
        container,
        item,
        { properties: { protectedItemType: "Microsoft.Compute/virtualMachines", sourceResourceId: machine, policyId: (policy ?? fallback).id } },
        { onResponse },
      ),
    );
  });
  await on("backupProtectedItems.list", async () => {
    const filter = "backupManagementType eq 'AzureIaasVM' and itemType eq 'VM'";
    const items = await all(backup.backupProtectedItems.list(vault, group, { filter }));
    expect("items", items.length, 1);
    expect("sourceResourceId", items[0].properties.sourceResourceId, machine);
  });
  await on("backupProtectionContainers.list", async () => {
    const filter = "backupManagementType eq 'AzureIaasVM'";
    const containers = await all(backup.backupProtectionContainers.list(vault, group, { filter }));
    expect("containers", containers.length, 1);
    expect("registrationStatus", containers[0].properties.registrationStatus, "Registered");
  });

  const job = await on("backups.trigger", async () => {
    const status = await waitForItem(backup, group, vault, container, item, (onResponse) =>
      backup.backups.trigger(vault, group, fabric, container, item, { properties: { objectType: "IaasVMBackupRequest" } }, { onResponse }),
    );
    return status.properties.jobId;
  });
  await on("jobDetails.get", async () => {
    await until(async () => (await backup.jobDetails.get(vault, group, job)).properties.status === "Completed");
  });
  await on("backupJobs.list", async () => {
    const filter = "backupManagementType eq 'AzureIaasVM' and operation eq 'Backup'";
    const jobs = await all(backup.backupJobs.list(vault, group, { filter }));
    expect("the job in the list", jobs.some((one) => one.name === job), true);
  });
  await on("recoveryPoints.list", async () => {
    const points = await all(backup.recoveryPoints.list(vault, group, fabric, container, item));
    expect("recovery points", points.length, 1);
    expect("objectType", points[0].properties.objectType, "IaasVMRecoveryPoint");
  });

  await on("protectedItems.createOrUpdate (stop)", async () => {
    await waitForItem(backup, group, vault, container, item, (onResponse) =>
      backup.protectedItems.createOrUpdate(
        vault,
        group,
        fabric,
        container,
        item,
        { properties: { protectedItemType: "Microsoft.Compute/virtualMachines", sourceResourceId: machine, protectionState: "ProtectionStopped" } },
        { onResponse },
      ),
    );
    const stopped = await backup.protectedItems.get(vault, group, fabric, container, item);
    expect("protectionState", stopped.properties.protectionState, "ProtectionStopped");
  });
  await on("protectedItems.delete", async () => {
    await waitFor(backup, group, vault, (onResponse) => backup.protectedItems.delete(vault, group, fabric, container, item, { onResponse }));
    const items = await all(backup.backupProtectedItems.list(vault, group));
    expect("items", items.length, 1);
    expect("soft-deleted", items[0].properties.isScheduledForDeferredDelete, true);
  });
  await on("protectionPolicies.beginDeleteAndWait", () => backup.protectionPolicies.beginDeleteAndWait(vault, group, "js-daily"));
}

function dailyPolicy(days) {
  const at = [new Date("2026-01-01T22:30:00Z")];
  return {
    properties: {
      backupManagementType: "AzureIaasVM",
      timeZone: "UTC",
      schedulePolicy: { schedulePolicyType: "SimpleSchedulePolicy", scheduleRunFrequency: "Daily", scheduleRunTimes: at },
      retentionPolicy: {
        retentionPolicyType: "LongTermRetentionPolicy",
        dailySchedule: { retentionTimes: at, retentionDuration: { count: days, durationType: "Days" } },
      },
    },
  };
}

// The client does not follow these operations itself: it returns when they are accepted.
async function waitForItem(backup, group, vault, container, item, send) {
  return follow(send, (operation) => backup.protectedItemOperationStatuses.get(vault, group, fabric, container, item, operation));
}

async function waitFor(backup, group, vault, send) {
  return follow(send, (operation) => backup.backupOperationStatuses.get(vault, group, operation));
}

async function follow(send, ask) {
  let header;
  await send((raw) => (header = raw.headers.get("azure-asyncoperation")));
  const operation = decodeURIComponent(new URL(header).pathname.split("/").pop());
  let status;
  await until(async () => {
    status = await ask(operation);
    return status.status !== "InProgress";
  });
  expect("the operation", status.status, "Succeeded");
  return status;
}

async function until(done) {
  for (let attempt = 0; attempt < 100; attempt++) {
    if (await done()) {
      return;
    }
    await sleep(200);
  }
  throw new Error("it has not ended after 20 seconds");
}
