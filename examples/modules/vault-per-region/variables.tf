variable "vms" {
  description = "The VMs to protect, by keys of your choice: ARM id, and region in any spelling."
  type = map(object({
    id     = string
    region = string
  }))
  nullable = false

  validation {
    condition     = length(distinct([for vm in var.vms : lower(vm.id)])) == length(var.vms)
    error_message = "Two keys of vms have the same id; a VM has one place in one vault."
  }
}

variable "name_prefix" {
  description = "What the names of the vaults begin with; the region follows, such as in contoso-chinaeast."
  type        = string
  default     = "backup"
  nullable    = false

  validation {
    condition     = length(var.name_prefix) <= 30
    error_message = "name_prefix has at most 30 characters, so that the longest region's name fits behind it."
  }

  validation {
    condition     = can(regex("^[A-Za-z][0-9A-Za-z-]*$", var.name_prefix))
    error_message = "name_prefix starts with a letter (a-z, A-Z) and has only letters, digits and hyphens, as a vault's name has."
  }
}

variable "policy" {
  description = <<-EOT
    When every VM is backed up, once a day, and how long the backups are kept: daily ones for days, those of weekday for
    weeks, those of the month's first weekday for months. 0 weekly or monthly keeps none for longer.
  EOT
  type = object({
    name     = optional(string, "daily")
    time     = optional(string, "23:00")
    timezone = optional(string, "UTC")
    weekday  = optional(string, "Sunday")
    daily    = optional(number, 30)
    weekly   = optional(number, 12)
    monthly  = optional(number, 12)
  })
  default  = {}
  nullable = false
}

variable "storage_redundancy" {
  description = "How the vaults keep their copies: GeoRedundant, LocallyRedundant or ZoneRedundant."
  type        = string
  default     = "GeoRedundant"
}

variable "soft_delete" {
  description = "Whether the vaults keep deleted backups, and for how many days, as soft_delete of backup_vault. Default: the service's."
  type = object({
    state          = optional(string)
    retention_days = optional(number)
  })
  default = null
}

variable "resource_group_name" {
  description = "The resource group of the vaults. Default: the provider's."
  type        = string
  default     = null
}

variable "tags" {
  description = "Tags of the vaults."
  type        = map(string)
  default     = {}
}
