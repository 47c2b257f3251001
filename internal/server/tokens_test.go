package server_test

import (
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/azurebackup/terraform-provider-backup/internal/server"
)

// A good signature is not enough: a token counts from when it says until when it says, and it has to say until when.
func TestTokenCountsForItsTime(t *testing.T) {
	t.Parallel()
	in := func(d time.Duration) int64 { return time.Now().Add(d).Unix() }
	for name, test := range map[string]struct {
		claims jwt.MapClaims
		valid  bool
	}{
		"now":         {jwt.MapClaims{"nbf": in(-time.Minute), "exp": in(time.Minute)}, true},
		"over":        {jwt.MapClaims{"exp": in(-time.Minute)}, false},
		"not yet":     {jwt.MapClaims{"nbf": in(time.Minute), "exp": in(time.Hour)}, false},
		"without end": {jwt.MapClaims{"nbf": in(-time.Minute)}, false},
	} {
		if err := server.CheckToken("a secret of enough letters", test.claims); (err == nil) != test.valid {
			t.Errorf("%s: %v", name, err)
		}
	}
}
