package catalog_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

func TestEndpointsOfEveryCloud(t *testing.T) {
	seen := map[string]catalog.Cloud{}
	for _, c := range catalog.Clouds() {
		e := c.Endpoints()
		for name, value := range map[string]string{
			"ResourceManager": e.ResourceManager, "Authority": e.Authority, "Audience": e.Audience, "Portal": e.Portal,
		} {
			u, err := url.Parse(value)
			if err != nil || u.Scheme != "https" || u.Host == "" {
				t.Errorf("%s of %s is %q, want an https URL", name, c, value)
			}
			if other, taken := seen[value]; taken {
				t.Errorf("%s of %s is %q, which %s has too: clouds share nothing", name, c, value, other)
			}
			seen[value] = c
			if slash := strings.HasSuffix(value, "/"); slash != (name == "Audience") {
				t.Errorf("%s of %s is %q; only an audience ends in a slash", name, c, value)
			}
		}
		if e.CLI == "" {
			t.Errorf("%s has no name in Azure CLI", c)
		}
	}
	if got := catalog.Cloud("moon").Endpoints(); got != (catalog.Endpoints{}) {
		t.Errorf("an unknown cloud has endpoints: %+v", got)
	}
}
