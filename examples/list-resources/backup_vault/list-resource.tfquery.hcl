# In a file such as vaults.tfquery.hcl, for `terraform query`. Every filter is optional; a vault has to pass all that
# are set.
list "backup_vault" "production" {
  provider = backup
  limit    = 1000

  config {
    name_pattern = "contoso-*"
    state        = "Active"
    tags         = { environment = "production" }
  }
}

# With all the attributes of each vault, not only its identity.
list "backup_vault" "europe" {
  provider         = backup
  include_resource = true

  config {
    region = "West Europe"
  }
}
