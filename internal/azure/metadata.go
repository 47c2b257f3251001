package azure

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

const (
	metadataAPIVersion = "2022-09-01"
	// largestMetadata is more than a hundred times what Azure's clouds answer (about 4 kB).
	largestMetadata = 1 << 20
)

// cloudMetadata is the part of a metadata answer that counts here; azurerm needs more of it. See
// hashicorp/go-azure-sdk, sdk/internal/metadata/client.go.
type cloudMetadata struct {
	Name            string `json:"name"`
	ResourceManager string `json:"resourceManager"`
	Portal          string `json:"portal"`
	Authentication  struct {
		LoginEndpoint    string   `json:"loginEndpoint"`
		Audiences        []string `json:"audiences"`
		IdentityProvider string   `json:"identityProvider"`
	} `json:"authentication"`
}

// fromMetadata asks a host which cloud it belongs to.
func fromMetadata(ctx context.Context, host string, client *http.Client) (Cloud, error) {
	if err := checkMetadataHost(host); err != nil {
		return Cloud{}, err
	}
	address := "https://" + host + "/metadata/endpoints?api-version=" + metadataAPIVersion
	m, err := readMetadata(ctx, address, client)
	if err != nil {
		return Cloud{}, fmt.Errorf("the metadata host %s does not say which cloud it belongs to: GET %s: %w", host, address, err)
	}
	c, err := m.cloud()
	if err != nil {
		return Cloud{}, fmt.Errorf("the metadata host %s describes no usable cloud: GET %s: %w", host, address, err)
	}
	return c, nil
}

// checkMetadataHost wants a bare host, as azurerm does.
func checkMetadataHost(host string) error {
	u, err := url.Parse("https://" + host)
	if err != nil || u.Host != host || u.Hostname() == "" {
		return fmt.Errorf("metadata_host is %q; it must be a host name, with or without a port, and nothing else, such as management.example.com", host)
	}
	return nil
}

func readMetadata(ctx context.Context, address string, client *http.Client) (cloudMetadata, error) {
	var m cloudMetadata
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return m, err
	}
	req.Header.Set("Accept", "application/json")
	resp, err := client.Do(req)
	if err != nil {
		return m, plainTransportError(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, largestMetadata+1))
	switch {
	case err != nil:
		return m, fmt.Errorf("the answer broke off: %w", err)
	case len(body) > largestMetadata:
		return m, fmt.Errorf("the answer is longer than %d bytes", largestMetadata)
	case resp.StatusCode != http.StatusOK:
		return m, fmt.Errorf("the answer is %s", resp.Status)
	}
	// Azure's own answers begin with a byte order mark at times; encoding/json does not take one.
	if err := json.Unmarshal(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")), &m); err != nil {
		kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
		return m, fmt.Errorf("the answer (%s) is not the JSON expected: %w", kind, err)
	}
	return m, nil
}

// cloud checks field by field; the first that is missing is named as it stands in the JSON.
func (m cloudMetadata) cloud() (Cloud, error) {
	audience := ""
	if len(m.Authentication.Audiences) > 0 {
		audience = m.Authentication.Audiences[0]
	}
	for _, required := range []struct{ name, value string }{
		{"name", m.Name},
		{"resourceManager", m.ResourceManager},
		{"authentication.loginEndpoint", m.Authentication.LoginEndpoint},
		{"authentication.audiences", audience},
		{"authentication.identityProvider", m.Authentication.IdentityProvider},
	} {
		if strings.TrimSpace(required.value) == "" {
			return Cloud{}, fmt.Errorf("the field %s is missing or empty", required.name)
		}
	}
	if !strings.EqualFold(m.Authentication.IdentityProvider, "AAD") {
		return Cloud{}, fmt.Errorf("the field authentication.identityProvider is %q; this provider signs in to AAD (Microsoft Entra ID) only",
			m.Authentication.IdentityProvider)
	}
	endpoint, err := checkEndpoint(m.ResourceManager)
	if err != nil {
		return Cloud{}, fmt.Errorf("the field resourceManager %w", err)
	}
	authority, err := checkEndpoint(m.Authentication.LoginEndpoint)
	if err == nil && !strings.HasPrefix(authority, "https://") {
		err = errors.New("does not begin with https://")
	}
	if err != nil {
		return Cloud{}, fmt.Errorf("the field authentication.loginEndpoint %w", err)
	}
	return Cloud{
		Name: m.Name, Known: knownBy(endpoint), Endpoint: endpoint, Authority: authority, Audience: audience, Portal: strings.TrimSuffix(m.Portal, "/"),
	}, nil
}

// knownBy is the cloud of the catalogue whose ARM endpoint this is; "" when there is none. A metadata host may well describe
// a cloud that is known.
func knownBy(endpoint string) catalog.Cloud {
	for _, c := range catalog.Clouds() {
		if strings.EqualFold(c.Endpoints().ResourceManager, endpoint) {
			return c
		}
	}
	return ""
}
