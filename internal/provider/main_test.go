package provider_test

import (
	"os"
	"strings"
	"testing"

	"github.com/azurebackup/terraform-provider-backup/internal/acctest"
)

func TestMain(m *testing.M) {
	// Whoever runs the tests may be signed in to Azure, and means no test to be.
	for _, variable := range os.Environ() {
		name, _, _ := strings.Cut(variable, "=")
		for _, prefix := range []string{"ARM_", "AZURE_", "BACKUP_E", "BACKUP_D", "ACTIONS_ID_TOKEN_", "SYSTEM_OIDC", "SYSTEM_ACCESSTOKEN"} {
			if strings.HasPrefix(name, prefix) {
				_ = os.Unsetenv(name)
			}
		}
	}
	_ = os.Setenv("ARM_USE_CLI", "false")
	acctest.Main(m)
}
