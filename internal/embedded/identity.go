package embedded

import (
	"strings"

	"github.com/google/uuid"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

// TenantID is the directory of all subscriptions here.
const TenantID = "00000000-0000-4000-8000-0000000000ff"

const identityNone = "None"

// settleIdentity gives a managed identity the ids that the directory would give it. Whether a vault may have it is the
// catalog's to say. User-assigned identities that do not go with the type are dropped, which is our reading.
func settleIdentity(id string, body object) error {
	if body["identity"] == nil {
		delete(body, "identity")
		return nil
	}
	identity, err := section(body, "identity")
	if err != nil {
		return err
	}
	kind, err := text(identity, "type")
	if err != nil {
		return err
	}
	users, err := section(identity, "userAssignedIdentities")
	if err != nil {
		return err
	}

	// Clients write the two types together in either order, with and without the space.
	switch strings.ToLower(strings.ReplaceAll(kind, " ", "")) {
	case "none":
		kind = identityNone
	case "systemassigned":
		kind = catalog.IdentitySystemAssigned
	case "userassigned":
		kind = catalog.IdentityUserAssigned
	case "systemassigned,userassigned", "userassigned,systemassigned":
		kind = catalog.IdentityBoth
	}
	settled := object{"type": kind}
	if kind == catalog.IdentitySystemAssigned || kind == catalog.IdentityBoth {
		settled["principalId"] = directoryID(id, "principal")
		settled["tenantId"] = TenantID
	}
	if kind == catalog.IdentityUserAssigned || kind == catalog.IdentityBoth {
		given := object{}
		for user := range users {
			given[user] = object{
				"principalId": directoryID(user, "principal"),
				"clientId":    directoryID(user, "client"),
			}
		}
		settled["userAssignedIdentities"] = given
	}
	body["identity"] = settled
	return nil
}

// directoryID derives an id instead of drawing one, so that an identity keeps it through every PUT and PATCH.
func directoryID(resource, kind string) string {
	return uuid.NewSHA1(uuid.NameSpaceURL, []byte(kind+":"+store.Key(resource))).String()
}
