package provider

import "testing"

func TestPlannedOnce(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		calls string // v: x is validated, u: something without a name is, o: something of another name is, p: x is planned
		want  string // of each p
	}{
		"one":                              {"vp", "1"},
		"two":                              {"vpvp", "10"},
		"two at once":                      {"vvpp", "10"},
		"three at once":                    {"vvvppp", "100"},
		"others are validated meanwhile":   {"vpooovp", "10"},
		"a test plans twice":               {"vvp" + "vvp", "11"},
		"a test plans for_each twice":      {"uvp" + "uvp" + "uvp", "111"},
		"a test plans two":                 {"vvvpvp", "10"},
		"a test plans two the second time": {"vvp" + "vvvpvp", "110"},
		"a test applies and plans again":   {"vvp" + "v" + "vvp", "11"},
	} {
		var p plannedOnce
		got := ""
		for _, call := range test.calls {
			switch call {
			case 'v':
				p.validate("x")
			case 'u':
				p.validate("")
			case 'o':
				p.validate("y")
			case 'p':
				if p.plan("x") {
					got += "1"
				} else {
					got += "0"
				}
			}
		}
		if got != test.want {
			t.Errorf("%s: %s is %s, want %s", name, test.calls, got, test.want)
		}
	}
}
