import {
  to = backup_vault.production
  identity = {
    subscription_id     = "00000000-0000-4000-8000-000000000001"
    resource_group_name = "backup"
    name                = "contoso-production"
  }
}
