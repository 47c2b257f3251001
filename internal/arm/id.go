package arm

import (
	"errors"
	"fmt"
	"strings"

	azarm "github.com/Azure/azure-sdk-for-go/sdk/azcore/arm"
)

// ID is the resource id of an object in a resource group, taken apart. The spelling of its parts is the caller's;
// ARM compares ids without regard to letter case, and so does Equal.
type ID struct {
	SubscriptionID string
	ResourceGroup  string
	// Type is the full resource type, such as "Microsoft.RecoveryServices/vaults".
	Type string
	// Name is the name of the innermost resource.
	Name string
}

// ParseID takes a resource id apart. Letter case of the fixed segments does not matter. It returns an error, written
// for the user, when s is not the id of a resource in a resource group, or is one of a resource nested in another.
func ParseID(s string) (ID, error) {
	parsed, err := azarm.ParseResourceID(s)
	if err != nil {
		return ID{}, fmt.Errorf("%q is not an Azure resource id", s)
	}
	id := ID{
		SubscriptionID: parsed.SubscriptionID,
		ResourceGroup:  parsed.ResourceGroupName,
		Type:           parsed.ResourceType.String(),
		Name:           parsed.Name,
	}
	// azcore drops empty segments and blanks, and takes ids of other shapes; only one that builds to the same is ours.
	if !strings.EqualFold(id.String(), s) || id.Validate() != nil {
		return ID{}, fmt.Errorf("%q is not the id of a resource in a resource group", s)
	}
	return id, nil
}

// String builds the id in ARM's own spelling of the fixed segments.
func (id ID) String() string {
	return "/subscriptions/" + id.SubscriptionID + "/resourceGroups/" + id.ResourceGroup + "/providers/" + id.Type + "/" + id.Name
}

// Key is the id folded to one letter case: equal for ids that ARM holds to be the same.
func (id ID) Key() string { return strings.ToLower(id.String()) }

// Equal tells whether both ids name the same resource.
func (id ID) Equal(other ID) bool { return id.Key() == other.Key() }

// Validate returns an error when a part is missing or could not stand in a URL path unharmed.
func (id ID) Validate() error {
	for _, part := range []string{id.SubscriptionID, id.ResourceGroup, id.Name} {
		if part == "" || part == "." || part == ".." || strings.ContainsAny(part, "/?#%\\") {
			return errors.New("the resource id has an empty or impossible part: " + id.String())
		}
	}
	return nil
}
