package secretfile_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/azurebackup/terraform-provider-backup/internal/secretfile"
)

// write makes a file that is its owner's alone.
func write(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestTexts(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ content, secret, want string }{
		"a line":             {"correct horse\n", "correct horse", ""},
		"without its end":    {"correct", "correct", ""},
		"a line of Windows":  {"correct\r\n", "correct", ""},
		"spaces around":      {"\n  correct \n\n", "correct", ""},
		"letters of all":     {"schlüssel-密钥\n", "schlüssel-密钥", ""},
		"nothing":            {"\n", "", ""},
		"two lines":          {"correct\nhorse\n", "", "has more than one line; it has to hold the secret alone"},
		"two of Windows":     {"correct\r\nhorse\r\n", "", "has more than one line"},
		"NUL":                {"correct\x00horse", "", "holds U+0000, which cannot be seen and belongs to no secret"},
		"escape":             {"correct\x1b[0m", "", "holds U+001B"},
		"a tab":              {"correct\thorse", "", "holds U+0009"},
		"byte order mark":    {"\ufeffcorrect", "", "holds U+FEFF"},
		"no width":           {"correct\u200bhorse", "", "holds U+200B"},
		"UTF-16":             {"\xff\xfec\x00o\x00", "", "is not a text in UTF-8"},
		"the longest":        {strings.Repeat("x", 16<<10), strings.Repeat("x", 16<<10), ""},
		"100,000 characters": {strings.Repeat("x", 100_000), "", "has more than 16384 characters; it has to hold the secret alone"},
	} {
		for way, read := range map[string]func(string) (string, error){"token": secretfile.Token, "text": secretfile.Text} {
			path := write(t, test.content)
			secret, err := read(path)
			switch {
			case test.want == "" && (err != nil || secret != test.secret):
				t.Errorf("%s, %s: %q, %v", way, name, secret, err)
			case test.want != "" && (err == nil || secret != "" || !strings.HasPrefix(err.Error(), path+" ") || !strings.Contains(err.Error(), test.want)):
				t.Errorf("%s, %s: %q, %v, want %q", way, name, secret, err, test.want)
			case err != nil && strings.Contains(err.Error(), "correct"):
				t.Errorf("%s, %s: the error holds the secret: %v", way, name, err)
			}
		}
	}
	if _, err := secretfile.Token(t.TempDir()); err == nil || !strings.Contains(err.Error(), "is a folder; it has to be a file") {
		t.Errorf("a folder: %v", err)
	}
}
