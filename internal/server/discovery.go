package server

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
)

// cloudName is how the metadata call the cloud that this server is.
const cloudName = "EmbeddedBackup"

// endpoints is a cloud in the metadata from 2019-05-01 on.
type endpoints struct {
	Name                     string           `json:"name"`
	Portal                   string           `json:"portal"`
	Authentication           authentication   `json:"authentication"`
	ResourceManager          string           `json:"resourceManager"`
	MicrosoftGraphResourceID string           `json:"microsoftGraphResourceId"`
	Graph                    string           `json:"graph"`
	GraphAudience            string           `json:"graphAudience"`
	Gallery                  string           `json:"gallery"`
	Suffixes                 endpointSuffixes `json:"suffixes"`
}

type authentication struct {
	LoginEndpoint    string   `json:"loginEndpoint"`
	Audiences        []string `json:"audiences"`
	Tenant           string   `json:"tenant"`
	IdentityProvider string   `json:"identityProvider"`
}

// endpointSuffixes are of services that are not here. azurerm does not start without them; .invalid never resolves.
type endpointSuffixes struct {
	Storage     string `json:"storage"`
	KeyVaultDNS string `json:"keyVaultDns"`
}

// oldEndpoints is a cloud in the metadata before 2019-05-01.
type oldEndpoints struct {
	GalleryEndpoint string            `json:"galleryEndpoint"`
	GraphEndpoint   string            `json:"graphEndpoint"`
	PortalEndpoint  string            `json:"portalEndpoint"`
	Authentication  oldAuthentication `json:"authentication"`
}

type oldAuthentication struct {
	LoginEndpoint string   `json:"loginEndpoint"`
	Audiences     []string `json:"audiences"`
}

// The API versions in which the shape of the metadata changed.
const (
	firstMetadata  = "2015-01-01"
	cloudsMetadata = "2019-05-01" // a list of clouds
	cloudMetadata  = "2022-01-01" // one cloud
)

// serveMetadata says where the parts of this cloud are: all here.
func serveMetadata(w http.ResponseWriter, r *http.Request) {
	version := r.URL.Query().Get("api-version")
	if version == "" {
		refuse(w, http.StatusBadRequest, codeMissingVersion,
			"The api-version query parameter (?api-version=) is required for all requests.")
		return
	}
	if _, err := time.Parse(time.DateOnly, strings.TrimSuffix(strings.ToLower(version), "-preview")); err != nil || version < firstMetadata {
		refuse(w, http.StatusBadRequest, codeInvalidVersion, fmt.Sprintf(
			"The api-version '%s' is invalid. The value must be a date in the format YYYY-MM-DD, from %s on, such as 2022-09-01.", version, firstMetadata))
		return
	}
	here := origin(r)
	audiences := []string{here, here + "/"}
	cloud := endpoints{
		Name:   cloudName,
		Portal: here,
		// No slash at its end: clients put the tenant behind it as text.
		Authentication:  authentication{LoginEndpoint: here, Audiences: audiences, Tenant: "common", IdentityProvider: "AAD"},
		ResourceManager: here + "/", MicrosoftGraphResourceID: here + "/",
		Graph: here + "/", GraphAudience: here + "/", Gallery: here + "/",
		Suffixes: endpointSuffixes{Storage: embedded.StorageSuffix, KeyVaultDNS: "vault.backup.invalid"},
	}
	switch {
	case version < cloudsMetadata:
		writeJSON(w, http.StatusOK, oldEndpoints{here + "/", here + "/", here + "/", oldAuthentication{here, audiences}})
	case version < cloudMetadata:
		writeJSON(w, http.StatusOK, []endpoints{cloud})
	default:
		writeJSON(w, http.StatusOK, cloud)
	}
}

// serveInstances is what Microsoft's authentication libraries ask to learn whether they may trust a login endpoint.
func serveInstances(w http.ResponseWriter, r *http.Request) {
	type instance struct {
		PreferredNetwork string   `json:"preferred_network"`
		PreferredCache   string   `json:"preferred_cache"`
		Aliases          []string `json:"aliases"`
	}
	writeJSON(w, http.StatusOK, struct {
		TenantDiscoveryEndpoint string     `json:"tenant_discovery_endpoint"`
		APIVersion              string     `json:"api-version"`
		Metadata                []instance `json:"metadata"`
	}{
		TenantDiscoveryEndpoint: origin(r) + "/common/v2.0/.well-known/openid-configuration",
		APIVersion:              "1.1",
		Metadata:                []instance{{r.Host, r.Host, []string{r.Host}}},
	})
}

// serveOpenID describes the token endpoint of a tenant; version is "/v2.0", or "" for the first.
func serveOpenID(tenant, version string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		base := origin(r) + "/" + tenant
		writeJSON(w, http.StatusOK, map[string]any{
			"issuer":                                issuer(r, tenant, version),
			"authorization_endpoint":                base + "/oauth2" + version + "/authorize",
			"token_endpoint":                        base + "/oauth2" + version + "/token",
			"jwks_uri":                              base + "/discovery" + version + "/keys",
			"token_endpoint_auth_methods_supported": []string{"client_secret_post", "client_secret_basic", "private_key_jwt"},
			"grant_types_supported":                 []string{grantClient},
			"response_types_supported":              []string{"token"},
			"response_modes_supported":              []string{"query"},
			"subject_types_supported":               []string{"pairwise"},
			"scopes_supported":                      []string{"openid"},
			"id_token_signing_alg_values_supported": []string{"HS256"},
			"tenant_region_scope":                   nil,
			"cloud_instance_name":                   r.Host,
		})
	}
}

// serveKeys lists the public keys of the signatures: none, because only this service can check its tokens.
func serveKeys(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, map[string]any{"keys": []any{}})
}

func issuer(r *http.Request, tenant, version string) string {
	return origin(r) + "/" + tenantID(tenant) + version
}

// tenantID is the id of the tenant of that name: a client may use one that it made up, and the names of all others,
// such as common, are those of the one there is.
func tenantID(name string) string {
	if catalog.CheckSubscriptionID(name) == nil { // any UUID
		return name
	}
	return embedded.TenantID
}
