package acctest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/azurebackup/terraform-provider-backup/internal/unchanged"
)

// cliVariable is where terraform-plugin-testing, too, looks for the binary.
const cliVariable = "TF_ACC_TERRAFORM_PATH"

// Main runs the tests of a package that holds acceptance tests. It fails, loudly, when there is no Terraform and no
// OpenTofu: acceptance tests are never skipped for want of one. start begins what the tests need besides, and returns
// how to end it.
func Main(m *testing.M, start ...func() (stop func(), err error)) {
	code := run(m, start)
	if built.folder != "" {
		_ = os.RemoveAll(built.folder)
	}
	os.Exit(code)
}

func run(m *testing.M, start []func() (func(), error)) int {
	if err := useCLI(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	for _, begin := range start {
		stop, err := begin()
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer stop()
	}
	return withCheckedShortCuts(m.Run)
}

// withCheckedShortCuts has every provider compare its short cuts with the framework's answers, unless the environment says
// otherwise. A difference makes an error in the command; where a test expects one, the report has it still.
func withCheckedShortCuts(tests func() int) int {
	if _, set := os.LookupEnv(unchanged.Variable); set {
		return tests()
	}
	folder, err := os.MkdirTemp("", "backup-short-cuts-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(folder) }()
	report := filepath.Join(folder, "differences")
	for name, value := range map[string]string{unchanged.Variable: unchanged.Checked, unchanged.ReportVariable: report} {
		if err := os.Setenv(name, value); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
	}
	code := tests()
	differences, err := os.ReadFile(report)
	if errors.Is(err, os.ErrNotExist) {
		return code
	}
	fmt.Fprintf(os.Stderr, "Short cuts lead elsewhere than the framework:\n%s%v\n", differences, err)
	return 1
}

// useCLI puts the binary to use into the environment, where the test framework reads it.
func useCLI() error {
	path := os.Getenv(cliVariable)
	for _, name := range []string{"terraform", "tofu"} {
		if path == "" {
			path, _ = exec.LookPath(name)
		}
	}
	if path == "" {
		return fmt.Errorf("acceptance tests need Terraform or OpenTofu: put one on PATH, set %s, or run `make test`, which builds OpenTofu", cliVariable)
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	// The user's own settings must not reach the tests.
	for _, name := range []string{
		"BACKUP_ENVIRONMENT", "BACKUP_DATABASE", "BACKUP_PROVISIONING_TIME", "BACKUP_OPERATION_TIME", "BACKUP_BACKUP_TIME", "BACKUP_CLOCK_OFFSET",
		"BACKUP_EXTRA_REGIONS", "BACKUP_ENDPOINT", "BACKUP_TOKEN_FILE", "ARM_SUBSCRIPTION_ID",
		"TF_CLI_ARGS", "TF_CLI_CONFIG_FILE", "TF_DATA_DIR", "TF_LOG",
	} {
		if err := os.Unsetenv(name); err != nil {
			return err
		}
	}
	settings := map[string]string{cliVariable: path, "CHECKPOINT_DISABLE": "1"}
	version, err := exec.CommandContext(context.Background(), path, "version").Output()
	if err != nil {
		return fmt.Errorf("%s does not run: %w", path, err)
	}
	if strings.HasPrefix(string(version), "OpenTofu") {
		settings["TF_ACC_PROVIDER_HOST"] = "registry.opentofu.org"
		settings["TF_ACC_PROVIDER_NAMESPACE"] = "hashicorp"
	}
	for name, value := range settings {
		if err := os.Setenv(name, value); err != nil {
			return err
		}
	}
	return nil
}

// CLI is the path of the Terraform or OpenTofu binary that Main found.
func CLI() string { return os.Getenv(cliVariable) }

// providerName is the name of the provider binary.
const providerName = "terraform-provider-backup"

// built is the provider binary, built once for each test process.
var built struct {
	once   sync.Once
	folder string
	err    error
}

// Binary builds the provider and returns the path of the binary.
func Binary(ctx context.Context) (string, error) {
	built.once.Do(func() {
		if built.folder, built.err = os.MkdirTemp("", "terraform-provider-backup-"); built.err != nil {
			return
		}
		build := exec.CommandContext(ctx, "go", "build", "-o", filepath.Join(built.folder, providerName), "github.com/azurebackup/terraform-provider-backup")
		build.Env = append(os.Environ(), "CGO_ENABLED=0")
		if output, err := build.CombinedOutput(); err != nil {
			built.err = fmt.Errorf("unable to build the provider: %w\n%s", err, output)
		}
	})
	return filepath.Join(built.folder, providerName), built.err
}

// providerFolder is the folder of the binary.
func providerFolder(tb testing.TB) string {
	tb.Helper()
	binary, err := Binary(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	return filepath.Dir(binary)
}

// Version is the version of the command line in use; OpenTofu's own, not what it tells providers.
func Version(tb testing.TB) (major, minor int, text string) {
	tb.Helper()
	text, err := cliVersion()
	if err != nil {
		tb.Fatal(err)
	}
	if _, err := fmt.Sscanf(text, "%d.%d", &major, &minor); err != nil {
		tb.Fatalf("version %q: %v", text, err)
	}
	return major, minor, text
}

// cliVersion asks once: many tests want to know, and each answer is a process.
var cliVersion = sync.OnceValues(func() (string, error) {
	output, err := exec.CommandContext(context.Background(), CLI(), "version", "-json").Output()
	if err != nil {
		return "", err
	}
	var said struct {
		Version string `json:"terraform_version"`
	}
	err = json.Unmarshal(output, &said)
	return said.Version, err
})
