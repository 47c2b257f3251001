package embedded_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
)

// freshObjects are the properties of objects of which nobody has chosen anything, by their names in the table.
func freshObjects(t *testing.T) map[string]map[string]any {
	s := start(t, func(c *embedded.Config) { c.BackupTime = time.Minute })
	vault := vaultPath("g", "vault")
	s.put(vault, minimal).want(http.StatusCreated)
	objects := map[string]map[string]any{}
	show := func(name, path string) {
		objects[name], _ = s.get(path).want(http.StatusOK).at("properties").(map[string]any)
	}
	first := func(list string) string {
		entries, _ := s.get(list).want(http.StatusOK).at("value").([]any)
		if len(entries) == 0 {
			t.Fatalf("%s is empty", list)
		}
		entry, _ := entries[0].(map[string]any)
		name, _ := entry["name"].(string)
		return name
	}
	show("vault", vault)
	show("replicationVaultSettings", vault+"/replicationVaultSettings/default")
	show("backupconfig", vault+"/backupconfig/vaultconfig")
	show("backupstorageconfig", vault+"/backupstorageconfig/vaultstorageconfig")
	show("backupEncryptionConfigs", vault+"/backupEncryptionConfigs/backupResourceEncryptionConfig")
	show("DefaultPolicy", vault+"/backupPolicies/DefaultPolicy")
	show("EnhancedPolicy", vault+"/backupPolicies/EnhancedPolicy")
	item := itemPath(vault, "web")
	s.protect(vault, "web")
	show("item before its first backup", item)
	s.do(http.MethodPost, item+"/backup", `{"properties":{"objectType":"IaasVMBackupRequest"}}`).want(http.StatusAccepted)
	s.clock.Advance(time.Hour)
	show("item after its first backup", item)
	show("recovery point", item+"/recoveryPoints/"+first(item+"/recoveryPoints"))
	show("job of a backup", vault+"/backupJobs/"+first(vault+"/backupJobs?api-version="+version+"&$filter=operation%20eq%20'Backup'"))
	return objects
}

// What a fresh object shows is in the table, with who has seen it so, and nothing else is there.
func TestFreshObjectsShowWhatTheTableSays(t *testing.T) {
	objects := freshObjects(t)
	rows := map[string][]embedded.Fresh{}
	for _, row := range embedded.FreshMembers() {
		if objects[row.Of] == nil {
			t.Errorf("the table is about %q, which is not looked at", row.Of)
		}
		rows[row.Of] = append(rows[row.Of], row)
	}
	for name, properties := range objects {
		for _, row := range rows[name] {
			got, there := memberAt(properties, row.Member)
			switch {
			case row.Value == "" && there:
				t.Errorf("%s: %s is there: %v", name, row.Member, got)
			case row.Value != "" && !there:
				t.Errorf("%s: %s is not there", name, row.Member)
			case row.Value != "" && row.Value != "…":
				var want any
				if err := json.Unmarshal([]byte(row.Value), &want); err != nil {
					t.Fatalf("%s: %s: %v", name, row.Member, err)
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%s: %s: %s", name, row.Member, diff)
				}
			}
		}
		known := rows[name]
		if name == "item after its first backup" {
			known = append(known, rows["item before its first backup"]...) // the rest is as it was
		}
		for _, path := range leaves("", properties) {
			if !slices.ContainsFunc(known, func(row embedded.Fresh) bool { return strings.HasPrefix(path+".", row.Member+".") }) && !sent(path) {
				t.Errorf("%s: %s is in no row", name, path)
			}
		}
	}
}

// sent are the members that a client has to send, or had sent of the first of two objects in a row.
func sent(path string) bool {
	return slices.Contains([]string{"sourceResourceId", "policyId", "protectedItemType"}, path)
}

func memberAt(o map[string]any, path string) (value any, there bool) {
	name, rest, deeper := strings.Cut(path, ".")
	value, there = o[name]
	if !deeper || !there {
		return value, there
	}
	under, _ := value.(map[string]any)
	return memberAt(under, rest)
}

// leaves are the paths of the members that are no objects, or empty ones.
func leaves(above string, o map[string]any) []string {
	var paths []string
	for name, value := range o {
		if under, ok := value.(map[string]any); ok && len(under) > 0 {
			paths = append(paths, leaves(above+name+".", under)...)
		} else {
			paths = append(paths, above+name)
		}
	}
	return paths
}
