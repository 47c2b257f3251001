package arm_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
)

// recorded is an answer as Azure Resource Manager and Azure Backup give it, headers included.
func recorded(t *testing.T, name string) http.HandlerFunc {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", "recorded", name+".http"))
	if err != nil {
		t.Fatal(err)
	}
	return func(w http.ResponseWriter, r *http.Request) {
		resp, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(raw)), r)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			return
		}
		defer resp.Body.Close()
		for header, values := range resp.Header {
			w.Header()[header] = values
		}
		w.WriteHeader(resp.StatusCode)
		if _, err := bufio.NewReader(resp.Body).WriteTo(w); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What users are told of each refusal: the service's code and words, with nothing lost and nothing said twice.
func TestRecordedRefusals(t *testing.T) {
	const subscription = "00000000-0000-4000-8000-000000000001"
	const registration = "The subscription is not registered to use namespace 'Microsoft.RecoveryServices'. See https://aka.ms/rps-not-found for how to register subscriptions."
	type test struct {
		status     int
		code, text string
		// notFound and forbidden are what the rest of the provider asks of it.
		notFound, forbidden, garbled bool
	}
	tests := map[string]test{
		"group_missing":        {status: 404, code: "ResourceGroupNotFound", text: "ResourceGroupNotFound: Resource group 'backup' could not be found.", notFound: true},
		"vault_missing":        {status: 404, code: "ResourceNotFound", text: "ResourceNotFound: The Resource 'Microsoft.RecoveryServices/vaults/contoso' under resource group 'backup' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix", notFound: true},
		"subscription_missing": {status: 404, code: "SubscriptionNotFound", text: "SubscriptionNotFound: The subscription '" + subscription + "' could not be found.", notFound: true},
		"invalid_property":     {status: 400, code: "InvalidRestApiParameter", text: "InvalidRestApiParameter: redundancySettings parameter is invalid. Please provide a valid redundancySettings"},
		"location_unavailable": {status: 400, code: "LocationNotAvailableForResourceType", text: "LocationNotAvailableForResourceType: The provided location 'atlantis' is not available for resource type 'Microsoft.RecoveryServices/vaults'. List of available regions for the resource type is 'eastus,westus,chinaeast2'."},
		"other_location":       {status: 409, code: "InvalidResourceLocation", text: "InvalidResourceLocation: The resource 'contoso' already exists in location 'eastus' in resource group 'backup'. A resource with the same name cannot be created in location 'westus'. Please select a new resource name."},
		"not_empty":            {status: 400, code: "ServiceResourceNotEmptyWithContainerDetails", text: "ServiceResourceNotEmptyWithContainerDetails: Vault cannot be deleted as there are existing resources within the vault. Please ensure there are no containers registered: iaasvmcontainerv2;machines;vm1. https://aka.ms/deletevault"},
		"redundancy_locked":    {status: 400, code: "StorageModelModifyError", text: "StorageModelModifyError: The storage redundancy option is locked once an item is registered with the vault and cannot be modified."},
		"immutable":            {status: 400, code: "UserErrorOperationDeniedOnImmutableItem", text: "UserErrorOperationDeniedOnImmutableItem: The operation is not allowed on an immutable item."},
		"invalid_protection":   {status: 400, code: "BMSUserErrorInvalidConfigureProtectionRequest", text: "BMSUserErrorInvalidConfigureProtectionRequest: The input for configure protection is not in proper format. Please check and ensure that container exists."},
		"object_locked":        {status: 409, code: "BMSUserErrorObjectLocked", text: "BMSUserErrorObjectLocked: Another operation is in progress on the selected item."},
		"expired_token":        {status: 401, code: "ExpiredAuthenticationToken", text: "ExpiredAuthenticationToken: The access token expiry UTC time is earlier than current UTC time."},
		"other_tenant":         {status: 401, code: "InvalidAuthenticationTokenTenant", text: "InvalidAuthenticationTokenTenant: The access token is from the wrong issuer. It must match the tenant associated with this subscription."},
		"no_role":              {status: 403, code: "AuthorizationFailed", text: "AuthorizationFailed: The client 'c' with object id 'o' does not have authorization to perform action 'Microsoft.RecoveryServices/vaults/write' over scope '/subscriptions/" + subscription + "' or the scope is invalid. If access was recently granted, please refresh your credentials.", forbidden: true},
		"not_registered":       {status: 409, code: "MissingSubscriptionRegistration", text: "MissingSubscriptionRegistration: " + registration},
		"locked":               {status: 409, code: "ScopeLocked", text: "ScopeLocked: The scope '/subscriptions/s/resourceGroups/backup' cannot perform delete operation because following scope(s) are locked: '/subscriptions/s/resourceGroups/backup'. Please remove the lock and try again."},
		"etag":                 {status: 412, code: "PreconditionFailed", text: "PreconditionFailed: The condition set in the request is not met."},
		"version_unknown":      {status: 400, code: "NoRegisteredProviderFound", text: "NoRegisteredProviderFound: No registered resource provider found for location 'chinaeast2' and API version '2025-08-01' for type 'vaults'. The supported api-versions are '2023-04-01, 2024-04-01'. The supported locations are 'chinaeast2, chinanorth3'."},
		// Although it is a 404: the vault may be there.
		"type_unknown": {status: 404, code: "InvalidResourceType", text: "InvalidResourceType: The resource type 'vaults' could not be found in the namespace 'Microsoft.RecoveryServices' for api version '2025-08-01'. The supported api-versions are '2023-04-01,2024-04-01'."},
		"bare":         {status: 400, code: "BMSUserErrorInvalidInput", text: "BMSUserErrorInvalidInput: Input provided for the call is invalid"},
		"proxy_page":   {status: 404, text: "HTTP status 404 Not Found, not from Azure Resource Manager itself: Not here Sign in to the network first", garbled: true},
	}
	for name, want := range tests {
		t.Run(name, func(t *testing.T) {
			err := newClient(t, recorded(t, name)).Get(t.Context(), "/x", "2025-08-01", new(any))
			var e *arm.Error
			if !errors.As(err, &e) {
				t.Fatalf("%T %v", err, err)
			}
			got := test{e.StatusCode, e.Code, e.Error(), arm.IsNotFound(err), arm.IsForbidden(err), e.Garbled}
			if d := cmp.Diff(want, got, cmp.AllowUnexported(test{})); d != "" {
				t.Error(d)
			}
			if wantID := !want.garbled; wantID != (e.RequestID == "0c3f2f5e-8a31-4d6a-9b61-3f6f0a1d5f10") {
				t.Errorf("the request id is %q", e.RequestID)
			}
		})
	}
	files, err := filepath.Glob("testdata/recorded/*.http")
	if err != nil || len(files) != len(tests)+3 { // and those of the tests below
		t.Errorf("%d answers are recorded, %d are tested: %v", len(files), len(tests), err)
	}
}

// Refusals that pass are not passed on as they are: when the time is up meanwhile, they are the last word.
func TestRecordedPassingRefusals(t *testing.T) {
	for name, want := range map[string]string{
		"throttled":    "SubscriptionRequestsThrottled: Number of 'read' requests for subscription '00000000-0000-4000-8000-000000000001' actor 'a' exceeded. Please try again after '10' seconds.",
		"gateway_page": "HTTP status 502 Bad Gateway, not from Azure Resource Manager itself: 502 Bad Gateway 502 Bad Gateway Microsoft-Azure-Application-Gateway/v2",
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
			defer cancel()
			err := newClient(t, recorded(t, name)).Get(ctx, "/x", "2025-08-01", nil)
			var timeout *arm.TimeoutError
			if !errors.As(err, &timeout) || timeout.LastWord != want {
				t.Errorf("%T %v", err, err)
			}
		})
	}
}

// An operation that failed says so with the status 200.
func TestRecordedFailureOfAnOperation(t *testing.T) {
	want := &arm.Error{StatusCode: 200, Code: "BMSUserErrorInvalidPolicyInput", RequestID: "0c3f2f5e-8a31-4d6a-9b61-3f6f0a1d5f10"}
	c := newClient(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/op" {
			recorded(t, "operation_failed")(w, r)
			return
		}
		answer(202, "", "Azure-AsyncOperation", endpoint+"/op")(w, r)
	})
	var got *arm.Error
	if err := begin(t, c, http.MethodPut).Wait(t.Context(), nil, nil); !errors.As(err, &got) {
		t.Fatalf("%T %v", err, err)
	}
	for _, e := range []*arm.Error{got, c.Failure(t.Context(), endpoint+"/op")} {
		if d := cmp.Diff(want, e, cmpopts.IgnoreFields(arm.Error{}, "Message")); d != "" || e.Message == "" {
			t.Errorf("%s %+v", d, e)
		}
	}
}
