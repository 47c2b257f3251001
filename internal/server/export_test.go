package server

import (
	"flag"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
)

// For tests of what is not reached, or only with effort, from outside.
var (
	ParseOptions = parseOptions
	ParseFaults  = parseFaults
	SelfSigned   = selfSigned
	HelpText     = helpText
	NewLog       = newLog
)

// FlagNames lists the flags of the command.
func FlagNames() []string {
	var names []string
	flags, _ := new(options).flags()
	flags.VisitAll(func(f *flag.Flag) { names = append(names, f.Name) })
	return names
}

// Rules returns the rules of a file of faults.
func (f *faults) Rules() *embedded.Faults { return f.rules }

// Check returns what a list of Faults does with a vault, and with the item of a virtual machine.
func (f *faults) Check(vaultID, itemID string) (vault, item bool) {
	return f.failProvisioning(vaultID) != nil, f.failBackup(itemID) != nil
}

// WriteTimeout is how long an answer may take.
func (s *Server) WriteTimeout() time.Duration { return s.httpServer().WriteTimeout }

// CheckToken tells whether a service with this secret takes a token with these claims, signed as its own are.
func CheckToken(secret string, claims jwt.MapClaims) error {
	t := newTokens(secret, "", time.Now)
	signed, err := jwt.NewWithClaims(jwt.SigningMethodHS256, claims).SignedString(t.key)
	if err != nil {
		return err
	}
	return t.check(signed)
}
