package server

import "github.com/azurebackup/terraform-provider-backup/internal/embedded"

const helpText = `Usage: terraform-provider-backup serve [flags]

Serves the embedded backup service to every client of Azure Resource Manager, with a page that shows the vaults, until it
gets an interrupt or SIGTERM. It protects no virtual machine and holds no real backup.

Where:
  --database FILE           the vaults' file, made when missing; default backup-vaults.db (or $BACKUP_DATABASE)
  --listen ADDRESS:PORT     default 127.0.0.1:10800; port 0 is a free one. Addresses other machines can reach need
                            TLS and --token-file
  --host NAME               another name that clients call the server by; can be repeated

Who:
  --tls-self-signed DIR     serve HTTPS with a certificate of an authority that is made and kept in DIR; clients trust
                            DIR/ca.pem
  --tls-cert FILE           serve HTTPS with this certificate, and
  --tls-key FILE            its key
  --token-file FILE         only clients that know the secret in FILE, one line of 16 characters or more that others can
                            neither write nor read, are let in. It is the client secret, the password of the page, and a
                            bearer token

What there is:
  --subscription ID[=NAME]  a subscription that exists; can be repeated; default ` + embedded.DefaultSubscriptionID + `
  --virtual-machine ID=REGION
                            a virtual machine that exists; can be repeated; without any, every one exists
  --strict-resource-groups  vaults need a resource group that was made before, as in Azure
  --soft-delete-forced=false
                            vaults can have any soft delete, as in regions that Azure has not switched over; without it,
                            it is AlwaysON
  --vault-names-unique-per=resource_group
                            vaults of several resource groups can have one name, as in Azure; without it, or with
                            =subscription, a name is unique in its subscription

Time:
  --provisioning-time TIME  how long the creation of a vault takes, such as 30s (or $BACKUP_PROVISIONING_TIME)
  --operation-time TIME     how long updates, deletions and changes of protection take (or $BACKUP_OPERATION_TIME)
  --backup-time TIME        how long a backup takes (or $BACKUP_BACKUP_TIME)
  --clock-offset TIME       how far the clock is ahead, such as 40d (or $BACKUP_CLOCK_OFFSET)
  --retry-after TIME        what clients that wait are told to wait between two looks

A bad day:
  --reads-per-second N      how many reads each subscription may send; more are answered with 429; default: any number
  --writes-per-second N     the same for writes
  --faults FILE             what goes wrong, as JSON

Log:
  --log-format text|json    one line for each request, on stderr; default text
`
