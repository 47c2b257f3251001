package backend_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

// FuzzAcceptedIsReadable sends names and bodies to everything that stores. What is answered 2xx must leave all lists
// readable.
func FuzzAcceptedIsReadable(f *testing.F) {
	for which, w := range writes {
		f.Add(which, "Group", "web", w.body)
	}
	for _, name := range oddNames {
		f.Add(5, "Group", name, seedItem)
		f.Add(6, name, "vm", seedMachine)
	}
	for _, body := range []string{`{"sku":{"tier":5}}`, `{"location":"eastasia","sku":{"name":"Standard","tier":5}}`, `{"tags":{"a":null}}`, `{"identity":null,"properties":null}`} {
		f.Add(0, "Group", "web", body)
		f.Add(1, "Group", "web", body)
	}
	for _, time := range []string{"", " ", " 2026-01-02T04:00:00Z ", "04:00:00Z", "2026-01-02T04:00:00+08:00", "2026-01-02T04:00:00,0Z"} {
		f.Add(3, "Group", "web", strings.ReplaceAll(seedPolicy, "2026-01-02T04:00:00Z", time))
		f.Add(3, "Group", "web", strings.Replace(seedPolicy, `"scheduleWindowStartTime":"2026-01-02T04:00:00Z"`, `"scheduleWindowStartTime":"`+time+`"`, 1))
	}
	var s *site
	f.Cleanup(func() {
		if s != nil {
			s.close(f)
		}
	})
	f.Fuzz(func(t *testing.T, which int, group, name, body string) {
		if s == nil {
			s = newSite(t)
		}
		which = int(uint(which) % uint(len(writes)))
		status, answer := s.write(t, which, group, name, body)
		if status >= 500 && status != http.StatusNotImplemented {
			t.Errorf("%d %s", status, answer)
		}
		if status >= 300 {
			return
		}
		if err := s.unreadable(t); err != nil {
			t.Errorf("%s %s of %q %q was accepted: %s\n%v", writes[which].method, writes[which].path, group, name, body, err)
		}
		// The next one begins anew: it is to be seen what each does alone.
		s.close(t)
		s = nil
	})
}

// oddNames are names that no virtual machine and no resource group can have, and that a URL can carry all the same.
var oddNames = []string{
	"a b", "a;b", "a?b", "a#b", `a\b`, "a/b", "a%2Fb", "a%b", "a\x00b", "a\nb", "a\x1bb", "a\u202eb", "a:b", "a*b", "a'b", `a"b`, "<a>", "a|b", "a,b",
	"a&b", "a=b", " ", ".", "..", "-.", "a.", strings.Repeat("a", 300),
}

func TestNamesThatNobodyCouldReadAreRefused(t *testing.T) {
	s := newSite(t)
	defer s.close(t)
	for _, odd := range oddNames {
		for which, w := range writes {
			names := [][2]string{}
			if strings.Contains(w.path, "$group") && w.method != http.MethodPatch {
				names = append(names, [2]string{odd, "vm"})
			}
			if strings.Contains(w.path, "$name") && w.method != http.MethodPatch {
				names = append(names, [2]string{"Group", odd})
			}
			for _, pair := range names {
				status, body := s.write(t, which, pair[0], pair[1], w.body)
				if status != http.StatusBadRequest && status != http.StatusNotFound && status != http.StatusNotImplemented {
					t.Errorf("%s of %q, %q: %d %s", w.path, pair[0], pair[1], status, body)
				}
			}
		}
	}
	if err := s.unreadable(t); err != nil {
		t.Error(err)
	}
}

// Names that people have are taken, in whatever letter case and script.
func TestNamesThatPeopleHaveAreTaken(t *testing.T) {
	s := newSite(t)
	defer s.close(t)
	for _, pair := range [][2]string{
		{"rg-prod_(1).eu", "web-01"}, {"备份组", "备份机"}, {"Straße", "ﬁne"}, {"İstanbul", "Kıyı"}, {"GROUP", "WEB.prod_"}, {"1", "1"}, {strings.Repeat("g", 90), strings.Repeat("v", 64)},
	} {
		for _, which := range []int{5, 6, 8} {
			if status, body := s.write(t, which, pair[0], pair[1], writes[which].body); status >= 300 {
				t.Errorf("%s of %q, %q: %d %s", writes[which].path, pair[0], pair[1], status, body)
			}
		}
		if err := s.unreadable(t); err != nil {
			t.Errorf("%q: %v", pair, err)
		}
	}
}

// Every value of every member that is sent is replaced by one of each other type.
func TestValuesThatNobodyCouldReadAreRefused(t *testing.T) {
	for which, w := range writes {
		if which == 2 || which == 4 {
			continue // The body is that of the one before.
		}
		t.Run(w.method+" "+w.path[strings.LastIndexByte(w.path, '/')+1:], func(t *testing.T) {
			s := newSite(t)
			defer func() { s.close(t) }()
			if status, body := s.write(t, which, "Group", "web", w.body); status >= 300 {
				t.Fatalf("%d %s", status, body)
			}
			if err := s.unreadable(t); err != nil {
				t.Fatal(err)
			}
			var root any
			if err := json.Unmarshal([]byte(w.body), &root); err != nil {
				t.Fatal(err)
			}
			accepted := 0
			replaced(root, func(any) {}, func() {
				body, err := json.Marshal(root)
				if err != nil {
					t.Fatal(err)
				}
				if status, _ := s.write(t, which, "Group", "web", string(body)); status < 300 {
					accepted++
					if err := s.unreadable(t); err != nil {
						t.Errorf("%s was accepted: %v", body, err)
						s.close(t)
						s = newSite(t)
					}
				}
			})
			t.Logf("%d accepted", accepted)
		})
	}
}

// replaced puts a value of each type in the place of each value in a document, and calls each with every one.
func replaced(value any, set func(any), each func()) {
	for _, other := range []any{nil, "x", 7, 1.5, 1e300, true, []any{}, []any{7}, []any{nil}, map[string]any{}, map[string]any{"x": 7}} {
		set(other)
		each()
	}
	set(value)
	switch v := value.(type) {
	case map[string]any:
		for name, under := range v {
			replaced(under, func(other any) { v[name] = other }, each)
		}
	case []any:
		for i, under := range v {
			replaced(under, func(other any) { v[i] = other }, each)
		}
	}
}
