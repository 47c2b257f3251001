package embedded

import (
	"fmt"
	"slices"
	"strings"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// vaultAPIVersions are versions that clients are known to send. The service answers any other well-formed one too.
var vaultAPIVersions = []string{catalog.VaultAPIVersion, "2026-05-01", "2026-02-01", "2026-01-01", "2025-08-01", "2025-02-01", "2024-10-01", "2024-04-01", "2023-04-01"}

// listProviders serves the resource providers, those that the service has nothing of among them: clients want to find
// what they register in this list.
func (s *Service) listProviders(c *call) (*answer, error) {
	p := page{Value: []any{}}
	for _, namespace := range namespaces {
		p.Value = append(p.Value, s.provider(c, namespace))
	}
	return answerOK(p), nil
}

// getProvider serves a resource provider. Registering it answers the same: all of them always are registered.
func (s *Service) getProvider(c *call) (*answer, error) {
	wanted := c.params["namespace"]
	i := slices.IndexFunc(namespaces, func(namespace string) bool { return strings.EqualFold(namespace, wanted) })
	if i < 0 {
		return nil, &Fault{
			Code:    codeInvalidNamespace,
			Message: fmt.Sprintf("The resource namespace '%s' is invalid: the embedded backup service does not know it.", wanted),
		}
	}
	return answerOK(s.provider(c, namespaces[i])), nil
}

func (s *Service) provider(c *call, namespace string) resourceProvider {
	sub := s.subscription(c.params["subscription"])
	return resourceProvider{
		ID:                 "/subscriptions/" + sub.ID + "/providers/" + namespace,
		Namespace:          namespace,
		RegistrationState:  "Registered",
		RegistrationPolicy: "RegistrationRequired",
		ResourceTypes:      s.resourceTypes(namespace),
	}
}

// resourceTypes are what the service has of a namespace.
func (s *Service) resourceTypes(namespace string) []resourceType {
	const movable = "CrossResourceGroupResourceMove, CrossSubscriptionResourceMove, SystemAssignedResourceIdentity, "
	of := func(kind, capabilities string, versions ...string) resourceType {
		return resourceType{
			ResourceType:      strings.TrimPrefix(kind, namespace+"/"),
			Locations:         s.locationNames(),
			APIVersions:       versions,
			DefaultAPIVersion: versions[0],
			Capabilities:      capabilities,
		}
	}
	switch namespace {
	case catalog.VaultNamespace:
		return []resourceType{of(catalog.VaultType, movable+"SupportsTags, SupportsLocation", vaultAPIVersions...)}
	case "Microsoft.Resources":
		return []resourceType{of(typeResourceGroup, "SupportsTags, SupportsLocation", "2023-07-01", catalog.ResourceGroupAPIVersion)}
	}
	types := []resourceType{}
	for _, n := range neighbours {
		capabilities := "None"
		if !n.isChild() {
			capabilities = "SupportsTags, SupportsLocation"
		}
		if strings.HasPrefix(n.of, namespace+"/") {
			types = append(types, of(n.of, capabilities, n.apiVersion))
		}
	}
	return types
}

// locationNames are the regions by display name, which ARM has here and only here.
func (s *Service) locationNames() []string {
	var names []string
	for _, r := range s.config.Regions {
		names = append(names, r.DisplayName)
	}
	return names
}
