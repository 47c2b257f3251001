package embedded_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/recoveryservices/armrecoveryservices"
	backup "github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/recoveryservices/armrecoveryservicesbackup/v5"

	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
)

// filled is a value of Microsoft's types with something in every member. Where the type leaves open what a member is, it is one
// of the given.
func filled(tb testing.TB, kind reflect.Type, choices ...any) reflect.Value {
	tb.Helper()
	v := reflect.New(kind).Elem()
	switch kind.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(kind.Elem()))
		v.Elem().Set(filled(tb, kind.Elem(), choices...))
	case reflect.Struct:
		if kind == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(time.Date(2026, 1, 31, 21, 30, 0, 0, time.UTC)))
			break
		}
		for i := range kind.NumField() {
			v.Field(i).Set(filled(tb, kind.Field(i).Type, choices...))
		}
	case reflect.Slice:
		v.Set(reflect.Append(v, filled(tb, kind.Elem(), choices...)))
	case reflect.Map:
		v.Set(reflect.MakeMap(kind))
		v.SetMapIndex(reflect.ValueOf("data"), filled(tb, kind.Elem(), choices...))
	case reflect.Interface:
		for _, choice := range choices {
			if reflect.TypeOf(choice).Implements(kind) && kind.NumMethod() > 0 {
				v.Set(filled(tb, reflect.TypeOf(choice), choices...))
				return v
			}
		}
		if kind.NumMethod() > 0 {
			tb.Fatalf("what shall be %s?", kind)
		}
	case reflect.String:
		v.SetString("word")
	case reflect.Bool:
		v.SetBool(true)
	default:
		v.Set(reflect.ValueOf(7).Convert(kind))
	}
	return v
}

// misplaced calls each for every member of a JSON document, with a body of that member alone, whose value is of a type that no
// member has there and whose names have the other letter case. Members named by data are "data".
func misplaced(value any, path []string, each func(path, body string)) {
	if len(path) > 0 {
		each(strings.Join(path, "."), misplacedBody(path, value))
	}
	switch v := value.(type) {
	case map[string]any:
		for name, under := range v {
			misplaced(under, append(slices.Clone(path), name), each)
		}
	case []any:
		misplaced(v[0], append(slices.Clone(path), "[0]"), each)
	}
}

func misplacedBody(path []string, value any) string {
	wrong := `{"x":7}`
	if _, object := value.(map[string]any); object {
		wrong = `["x"]`
	}
	body := wrong
	for _, name := range slices.Backward(path) {
		if name == "[0]" {
			body = "[" + body + "]"
			continue
		}
		if name != "data" {
			name = strings.Map(otherCase, name)
		}
		body = fmt.Sprintf("{%q:%s}", name, body)
	}
	return body
}

// Every member of Microsoft's type definitions is known, in any letter case, by the name that they have for it.
func TestMembersOfMicrosoftsDefinitionsAreKnown(t *testing.T) {
	vault, other := vaultPath("Group", "Vault"), sub+"/providers/Microsoft.RecoveryServices/locations/eastasia"
	policies := func(schedule backup.SchedulePolicyClassification) []any {
		return []any{&backup.AzureIaaSVMProtectionPolicy{}, schedule, &backup.LongTermRetentionPolicy{}}
	}
	for name, test := range map[string]struct {
		body         any
		choices      []any
		method, path string
		free         []string // which nobody reads here
	}{
		"vault":     {armrecoveryservices.Vault{}, nil, http.MethodPut, vault, []string{"properties.privateEndpointConnections"}},
		"patch":     {armrecoveryservices.PatchVault{}, nil, http.MethodPatch, vault, []string{"properties.privateEndpointConnections"}},
		"name":      {armrecoveryservices.CheckNameAvailabilityParameters{}, nil, http.MethodPost, sub + "/resourceGroups/Group/providers/Microsoft.RecoveryServices/locations/eastasia/checkNameAvailability", nil},
		"policy V1": {backup.ProtectionPolicyResource{}, policies(&backup.SimpleSchedulePolicy{}), http.MethodPut, vault + "/backupPolicies/Mine", nil},
		"policy V2": {backup.ProtectionPolicyResource{}, policies(&backup.SimpleSchedulePolicyV2{}), http.MethodPut, vault + "/backupPolicies/Mine", nil},
		"item":      {backup.ProtectedItemResource{}, []any{&backup.AzureIaaSComputeVMProtectedItem{}}, http.MethodPut, itemPath(vault, "web"), []string{"properties.kpisHealths"}},
		"backup":    {backup.BackupRequestResource{}, []any{&backup.IaasVMBackupRequest{}}, http.MethodPost, itemPath(vault, "web") + "/backup", nil},
		"status":    {backup.BackupStatusRequest{}, nil, http.MethodPost, other + "/backupStatus", nil},
		"validate":  {backup.PreValidateEnableBackupRequest{}, nil, http.MethodPost, other + "/backupPreValidateProtection", nil},
		"config":    {backup.BackupResourceVaultConfigResource{}, nil, http.MethodPut, vault + "/backupconfig/vaultconfig", nil},
		"storage":   {backup.BackupResourceConfigResource{}, nil, http.MethodPut, vault + "/backupstorageconfig/vaultstorageconfig", nil},
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t)
			s.put(vault, minimal).want(http.StatusCreated)
			b, err := json.Marshal(filled(t, reflect.TypeOf(test.body), test.choices...).Addr().Interface())
			if err != nil {
				t.Fatal(err)
			}
			var whole map[string]any
			if err := json.Unmarshal(b, &whole); err != nil {
				t.Fatal(err)
			}
			n := 0
			misplaced(whole, nil, func(path, body string) {
				if slices.ContainsFunc(test.free, func(free string) bool { return strings.HasPrefix(path, free) }) {
					return
				}
				n++
				got := s.do(test.method, test.path, body)
				if got.text("error", "code") != "InvalidRequestContent" || !strings.Contains(got.text("error", "message"), "'"+strings.ReplaceAll(path, ".[", "[")+"'") {
					t.Errorf("%s: got %d %s for %s", path, got.status, got.raw, body)
				}
			})
			if n < 2 {
				t.Errorf("only %d members of %s", n, b)
			}
		})
	}
}

// Every request that has a body knows its members: without a table it would be a defect of the service.
func TestEveryRouteWithABodyKnowsItsMembers(t *testing.T) {
	s := start(t)
	vault := vaultPath("Group", "Vault")
	s.put(vault, minimal).want(http.StatusCreated)
	s.protect(vault, "web")
	for _, route := range embedded.Routes() {
		for _, method := range route.Methods {
			if method != http.MethodPut && method != http.MethodPatch && method != http.MethodPost {
				continue
			}
			path := strings.NewReplacer("{subscription}", embedded.DefaultSubscriptionID, "{machineSubscription}", embedded.DefaultSubscriptionID, "{group}", "Group",
				"{vault}", "Vault", "{location}", "eastasia", "{container}", "none", "{item}", "none", "{policy}", "Mine", "{machine}", "web").Replace(route.Path)
			t.Run(method+" "+path, func(t *testing.T) {
				got := s.do(method, "/"+path, `{"NOVEL":1}`)
				if got.status >= 500 && got.status != http.StatusNotImplemented {
					t.Errorf("got %d: %s", got.status, got.raw)
				}
			})
		}
	}
}
