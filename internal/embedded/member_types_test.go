package embedded_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
)

// wrongTyped calls each with a JSON document in which the value at one place is of another type, for every place and type.
// name is the member that it is at.
func wrongTyped(tb testing.TB, body string, each func(name, body string)) {
	tb.Helper()
	var root any
	if err := json.Unmarshal([]byte(body), &root); err != nil {
		tb.Fatal(err)
	}
	encoded := func() string {
		b, err := json.Marshal(root)
		if err != nil {
			tb.Fatal(err)
		}
		return string(b)
	}
	var walk func(name string, value any, set func(any))
	walk = func(name string, value any, set func(any)) {
		for _, wrong := range []any{"x", 7.0, 1.5, true, []any{"x"}, map[string]any{"x": 7}} {
			same := fmt.Sprintf("%T", wrong) == fmt.Sprintf("%T", value)
			if value != nil && (!same || wrong == 1.5) {
				set(wrong)
				each(name, encoded())
			}
		}
		set(value)
		switch v := value.(type) {
		case map[string]any:
			for under, value := range v {
				walk(under, value, func(wrong any) { v[under] = wrong })
			}
		case []any:
			for i, value := range v {
				walk(name, value, func(wrong any) { v[i] = wrong })
			}
		}
	}
	members, _ := root.(map[string]any)
	for name, value := range members {
		walk(name, value, func(wrong any) { members[name] = wrong })
	}
}

// What is stored is read by clients that take no other type than Microsoft's definitions have. Members of a virtual machine
// that nobody reads here are kept whatever they are.
func TestMembersOfAnotherTypeAreRefused(t *testing.T) {
	for name, test := range bodyCases() {
		t.Run(name, func(t *testing.T) {
			s := start(t, chosenSoftDelete)
			if test.before != nil {
				test.before(s)
			}
			n := 0
			wrongTyped(t, test.body, func(member, body string) {
				n++
				got := s.do(test.method, test.path, body)
				kept := strings.HasPrefix(name, "machine") && got.status < 300
				if !kept && (got.text("error", "code") != "InvalidRequestContent" || !strings.Contains(got.text("error", "message"), member)) {
					t.Errorf("%s: got %d %s for %s", member, got.status, got.raw, body)
				}
				if kept {
					s.get(test.path).want(http.StatusOK)
				}
			})
			if n < 10 {
				t.Errorf("only %d bodies", n)
			}
		})
	}
}

// The database takes documents that are nested 1,000 deep, and refuses others in words of its own.
func TestBodiesThatAreNestedTooDeep(t *testing.T) {
	const limit = 512
	shapes := map[string][2]string{"lists": {"[", "]"}, "objects": {`{"a":`, "}"}}
	for name, test := range bodyCases() {
		ready := func(t *testing.T) *service {
			s := start(t)
			if test.before != nil {
				test.before(s)
			}
			return s
		}
		want := ready(t).do(test.method, test.path, test.body).status
		for shape, brackets := range shapes {
			t.Run(name+" "+shape, func(t *testing.T) {
				// The body itself is one level.
				deep := func(levels int) string {
					return `{"deep":` + strings.Repeat(brackets[0], levels-1) + "1" + strings.Repeat(brackets[1], levels-1) + "," + test.body[1:]
				}
				s := ready(t)
				for _, levels := range []int{limit + 1, 999, 5000, 50000} {
					s.do(test.method, test.path, deep(levels)).
						wantError(http.StatusBadRequest, "InvalidRequestContent", fmt.Sprintf("%d levels", levels), "512")
				}
				if got := s.do(test.method, test.path, deep(limit)); got.status != want {
					t.Fatalf("%d levels: got %d: %s", limit, got.status, got.raw)
				}
				if test.read != "" {
					s.get(test.read).want(http.StatusOK)
				}
			})
		}
	}
}

// What is kept of a deep policy is kept in the items that have it too, and that of a deep vault among the deleted ones.
func TestDeepDocumentsGoWhereTheOthersGo(t *testing.T) {
	s := start(t, func(c *embedded.Config) { c.OperationTime = 0 })
	vault := vaultPath("g", "vault")
	deep := `"deep":` + strings.Repeat("[", 510) + strings.Repeat("]", 510)
	s.put(vault, strings.Replace(minimal, `"properties":{`, `"properties":{`+deep, 1)).want(http.StatusCreated)
	s.put(vault+"/backupPolicies/DefaultPolicy", strings.Replace(daily, `"properties":{`, `"properties":{`+deep+`,`, 1)).want(http.StatusOK)
	s.protect(vault, "web")
	s.clock.Advance(day)
	s.get(vault + "/backupPolicies").want(http.StatusOK)
	s.delete(itemPath(vault, "web")).want(http.StatusAccepted)
	s.get(vault + "/backupProtectedItems").want(http.StatusOK)
	s.delete(vault).want(http.StatusAccepted)
	if got := s.get(deletedVaultsPath).want(http.StatusOK).values(); len(got) != 1 {
		t.Errorf("deleted: %d", len(got))
	}
}
