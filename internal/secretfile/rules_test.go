package secretfile

import (
	"io/fs"
	"strings"
	"testing"
)

func TestRules(t *testing.T) {
	t.Parallel()
	const user, other, group = 1000, 1001, 2000
	token := rules{unreadable: 0o004, owned: true}
	key := rules{unreadable: 0o044, unreadableOfSystem: 0o004, owned: true}
	regular := func(mode fs.FileMode, owner uint32) file { return file{"FILE", mode, owner, group} }
	folder := func(mode fs.FileMode, owner, group uint32) file {
		return file{"FOLDER", fs.ModeDir | mode, owner, group}
	}
	link := func(owner uint32) file { return file{"FILE", fs.ModeSymlink | 0o777, owner, group} }
	for name, test := range map[string]struct {
		rules rules
		file  file
		at    []file
		want  string // in the error; "" is none
	}{
		"a token of the user's":               {token, regular(0o600, user), nil, ""},
		"a token that the group can read":     {token, regular(0o640, user), nil, ""},
		"a token that all can read":           {token, regular(0o644, user), nil, "others can read FILE (mode 0644); run: chmod 600 FILE"},
		"a token that the group can write":    {token, regular(0o620, user), nil, "others can write to FILE (mode 0620), and so change what it holds; run: chmod 600 FILE"},
		"a token that all can write":          {token, regular(0o602, user), nil, "others can write to FILE (mode 0602)"},
		"a token of a container":              {token, regular(0o444, root), nil, ""},
		"a token of the system's to write":    {token, regular(0o666, root), nil, "others can write to FILE"},
		"a token of another user":             {token, regular(0o600, other), nil, "FILE belongs to another user (id 1001), who can change it"},
		"a token by a link of another":        {token, regular(0o600, user), []file{link(other)}, "FILE belongs to another user"},
		"a token by a link of the system's":   {token, regular(0o600, user), []file{link(root)}, ""},
		"in a folder of the user's":           {token, regular(0o600, user), []file{folder(0o755, user, group)}, ""},
		"in a folder of the user's group":     {token, regular(0o600, user), []file{folder(0o775, user, user)}, ""},
		"in a folder of another group":        {token, regular(0o600, user), []file{folder(0o775, user, group)}, "others can write in the folder FOLDER (mode 0775), and so put a file of theirs in place of FILE; run: chmod go-w FOLDER"},
		"in a folder of the system's group":   {token, regular(0o600, user), []file{folder(0o775, root, root)}, "others can write in the folder FOLDER"},
		"in a folder for all":                 {token, regular(0o600, user), []file{folder(0o777, user, user)}, "others can write in the folder FOLDER"},
		"in a folder for all that is sticky":  {token, regular(0o600, user), []file{folder(fs.ModeSticky|0o777, root, root)}, ""},
		"in a folder of another user":         {token, regular(0o600, user), []file{folder(0o755, other, group)}, "FOLDER belongs to another user"},
		"a pipe":                              {token, file{"FILE", fs.ModeNamedPipe | 0o600, user, group}, nil, ""},
		"a terminal":                          {token, file{"FILE", fs.ModeDevice | fs.ModeCharDevice | 0o620, user, group}, nil, ""},
		"a key of the user's":                 {key, regular(0o400, user), nil, ""},
		"a key that the group can read":       {key, regular(0o640, user), nil, "others can read FILE (mode 0640); run: chmod 600 FILE"},
		"a key of the system's for a group":   {key, regular(0o640, root), nil, ""},
		"a key of the system's for all":       {key, regular(0o644, root), nil, "others can read FILE"},
		"a key that the group can write":      {key, regular(0o660, user), nil, "others can write to FILE"},
		"a key of another user":               {key, regular(0o600, other), nil, "FILE belongs to another user"},
		"what another wrote for the provider": {rules{}, regular(0o644, other), nil, ""},
		"what others can write":               {rules{}, regular(0o664, user), nil, "run: chmod go-w FILE"},
		"what the user's own group can write": {rules{}, file{"FILE", 0o664, user, user}, nil, ""},
		"what all can write":                  {rules{}, file{"FILE", 0o666, user, user}, nil, "others can write to FILE"},
	} {
		got := ""
		if err := test.rules.check(place{test.file, test.at}, user); err != nil {
			got = err.Error()
		}
		if (got == "") != (test.want == "") || !strings.Contains(got, test.want) {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}

	odd := file{"it's a FILE", 0o666, user, group}
	if err := token.check(place{file: odd}, user); err == nil || !strings.HasSuffix(err.Error(), `; run: chmod 600 'it'\''s a FILE'`) {
		t.Errorf("a path that a shell would take apart: %v", err)
	}

	// The system's own service has nobody above it.
	for mode, want := range map[fs.FileMode]string{0o600: "", 0o640: "others can read", 0o644: "others can read", 0o660: "others can write"} {
		got := ""
		if err := key.check(place{file: file{"FILE", mode, root, root}}, root); err != nil {
			got = err.Error()
		}
		if (got == "") != (want == "") || !strings.Contains(got, want) {
			t.Errorf("the system's key with the mode %04o: %q, want %q", mode, got, want)
		}
	}
	if err := token.check(place{file: regular(0o600, other)}, root); err == nil {
		t.Error("the system's service takes the token of a user")
	}
}
