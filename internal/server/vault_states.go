package server

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"

	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
)

// vaultStates counts the vaults of the subscriptions by state, through the service's own lists.
func vaultStates(service http.Handler, subscriptions []string) func(context.Context) (map[string]int, error) {
	transport := embedded.NewTransport(service)
	return func(ctx context.Context) (map[string]int, error) {
		states := map[string]int{"Creating": 0, "Active": 0, "Updating": 0, "Deleting": 0, "Failed": 0}
		for _, id := range subscriptions {
			next := embedded.Endpoint + "/subscriptions/" + id + "/providers/Microsoft.RecoveryServices/vaults?api-version=2025-08-01"
			for next != "" {
				page, err := vaultPage(embedded.Brief(ctx), transport, next)
				if err != nil {
					return nil, err
				}
				for _, v := range page.Value {
					states[stateOf(v.Properties.ProvisioningState)]++
				}
				next = page.NextLink
			}
		}
		return states, nil
	}
}

type vaultsPage struct {
	Value []struct {
		Properties struct {
			ProvisioningState string `json:"provisioningState"`
		} `json:"properties"`
	} `json:"value"`
	NextLink string `json:"nextLink"`
}

func vaultPage(ctx context.Context, transport *embedded.Transport, address string) (*vaultsPage, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return nil, err
	}
	response, err := transport.Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		body, _ := io.ReadAll(response.Body)
		return nil, fmt.Errorf("the list of vaults was answered with %s: %s", response.Status, body)
	}
	var page vaultsPage
	return &page, json.NewDecoder(response.Body).Decode(&page)
}

// stateOf is a provisioning state in the words that users see.
func stateOf(provisioning string) string {
	switch provisioning {
	case "Provisioning":
		return "Creating"
	case "Succeeded":
		return "Active"
	}
	return provisioning
}
