terraform {
  required_providers {
    backup = {
      source = "azurebackup/backup"
    }
  }
}

provider "backup" {
  environment = "embedded"
}

data "backup_subscriptions" "all" {}

output "names" {
  value = { for s in data.backup_subscriptions.all.subscriptions : s.id => s.display_name }
}
