package embedded

import (
	"strings"

	"github.com/google/uuid"

	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

// TenantID is the directory of all subscriptions here.
const TenantID = "00000000-0000-4000-8000-0000000000ff"

const (
	identityNone   = "None"
	identitySystem = "SystemAssigned"
	identityUser   = "UserAssigned"
	identityBoth   = identitySystem + ", " + identityUser
)

// settleIdentity gives a managed identity the ids that the directory would give it.
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
		kind = identitySystem
	case "userassigned":
		kind = identityUser
	case "systemassigned,userassigned", "userassigned,systemassigned":
		kind = identityBoth
	default:
		return invalidParameter("identity", "Its type must be one of None, SystemAssigned, UserAssigned and "+
			"'SystemAssigned, UserAssigned'.")
	}
	settled := object{"type": kind}
	if kind == identitySystem || kind == identityBoth {
		settled["principalId"] = directoryID(id, "principal")
		settled["tenantId"] = TenantID
	}
	if kind == identityUser || kind == identityBoth {
		if len(users) == 0 {
			return invalidParameter("identity", "The type "+kind+" needs userAssignedIdentities.")
		}
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
