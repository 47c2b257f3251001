//go:build unix

package azure_test

import (
	"os"
	"testing"

	"github.com/azurebackup/terraform-provider-backup/internal/azure"
	"github.com/azurebackup/terraform-provider-backup/internal/azure/azuretest"
)

// TestWeakFiles signs in with files that others can change.
func TestWeakFiles(t *testing.T) {
	for name, test := range map[string]struct {
		method azure.Method
		set    func(s *azure.Settings, path string)
	}{
		"client_secret_file_path": {azure.ClientSecret, func(s *azure.Settings, path string) { s.ClientSecretFilePath = path }},
		"client_certificate_path": {azure.ClientCertificate, func(s *azure.Settings, path string) { s.ClientCertificatePath = path }},
		"oidc_token_file_path":    {azure.OIDCToken, func(s *azure.Settings, path string) { s.UseOIDC, s.OIDCTokenFilePath = &yes, path }},
	} {
		path := writeFile(t, "no secret of anybody")
		if err := os.Chmod(path, 0o602); err != nil {
			t.Fatal(err)
		}
		settings := secretSettings()
		settings.ClientSecret = ""
		test.set(&settings, path)
		reason := refusedSignIn(t, connect(t, azuretest.New(t), settings))[test.method].Reason
		if want := name + ": others can write to " + path + " (mode 0602), and so change what it holds; run: chmod go-w " + path; reason != want {
			t.Errorf("got  %s\nwant %s", reason, want)
		}
	}
}
