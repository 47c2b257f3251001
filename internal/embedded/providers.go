package embedded

import (
	"fmt"
	"strings"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

// vaultAPIVersions are versions that clients are known to send. The service answers any other well-formed one too.
var vaultAPIVersions = []string{catalog.VaultAPIVersion, "2025-02-01", "2024-10-01", "2024-04-01", "2023-04-01"}

// listProviders serves the one resource provider there is.
func (s *Service) listProviders(c *call) (*answer, error) {
	return answerOK(page{Value: []any{s.provider(c)}}), nil
}

// getProvider serves the resource provider. Registering it answers the same: it always is registered.
func (s *Service) getProvider(c *call) (*answer, error) {
	if namespace := c.params["namespace"]; !strings.EqualFold(namespace, catalog.VaultNamespace) {
		return nil, &Fault{
			Code: codeInvalidNamespace,
			Message: fmt.Sprintf("The resource namespace '%s' is invalid: the embedded backup service has %s alone.",
				namespace, catalog.VaultNamespace),
		}
	}
	return answerOK(s.provider(c)), nil
}

func (s *Service) provider(c *call) resourceProvider {
	var locations []string
	for _, r := range s.config.Regions {
		// Here, and only here, ARM has display names.
		locations = append(locations, r.DisplayName)
	}
	sub := s.subscriptions[store.Key(c.params["subscription"])]
	return resourceProvider{
		ID:                 "/subscriptions/" + sub.ID + "/providers/" + catalog.VaultNamespace,
		Namespace:          catalog.VaultNamespace,
		RegistrationState:  "Registered",
		RegistrationPolicy: "RegistrationRequired",
		ResourceTypes: []resourceType{{
			ResourceType:      strings.TrimPrefix(catalog.VaultType, catalog.VaultNamespace+"/"),
			Locations:         locations,
			APIVersions:       vaultAPIVersions,
			DefaultAPIVersion: catalog.VaultAPIVersion,
			Capabilities:      "CrossResourceGroupResourceMove, CrossSubscriptionResourceMove, SystemAssignedResourceIdentity, SupportsTags, SupportsLocation",
		}},
	}
}
