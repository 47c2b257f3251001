terraform {
  required_providers {
    backup = {
      source = "azurebackup/backup"
    }
  }
}

# The embedded service: vaults live in a file beside the state; no cloud, no account.
provider "backup" {
  environment         = "embedded"
  resource_group_name = "backup"

  embedded = {
    database          = "backup-vaults.db"
    provisioning_time = "500ms" # so that there is something to wait for
    operation_time    = "100ms"
    backup_time       = "200ms"

    # Only these VMs exist, in these regions.
    virtual_machines = {
      "/subscriptions/00000000-0000-4000-8000-000000000002/resourceGroups/machines/providers/Microsoft.Compute/virtualMachines/db" = "China North 3"
    }

    subscriptions = {
      "00000000-0000-4000-8000-000000000001" = "Production"
      "00000000-0000-4000-8000-000000000002" = "Development"
    }
  }
}

resource "backup_vault" "development" {
  name            = "contoso-development"
  region          = "China North 3"
  subscription_id = "00000000-0000-4000-8000-000000000002"
}
