package embedded

import (
	"fmt"
	"strings"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

// version is what the conditions of a request are about: whether its object is there, and the etag that clients see of it.
type version struct {
	exists  bool
	etag    string // empty for an object that shows none
	leaving bool   // it is being deleted, which the rules about its name answer
}

// versionOf finds the version of what a request of a kind writes. What is not here shows no etag, and its address does not
// make it.
var versionOf = map[Kind]func(*Service, *store.Tx, *call) (version, error){
	KindVault:               (*Service).vaultVersion,
	KindVaultConfig:         (*Service).configVersion,
	KindReplicationSettings: (*Service).configVersion,
	KindPolicy:              (*Service).policyVersion,
	KindProtectedItem:       (*Service).itemVersion,
	KindBackup:              (*Service).itemVersion,
	KindVirtualMachine:      (*Service).machineVersion,
	KindResourceGroup:       (*Service).groupVersion,
}

func (s *Service) vaultVersion(tx *store.Tx, c *call) (version, error) {
	d, err := find(tx, catalog.VaultType, c.vaultID())
	if err != nil || d == nil {
		return version{}, err
	}
	return version{exists: true, etag: d.ETag, leaving: stateOf(d, c.now) == stateDeleting}, nil
}

// configVersion is that of the vault, which its configs are views of.
func (s *Service) configVersion(tx *store.Tx, c *call) (version, error) {
	d, err := s.mustFindVault(tx, c)
	if err != nil {
		return version{}, err
	}
	return version{exists: true, etag: d.ETag}, nil
}

func (s *Service) policyVersion(tx *store.Tx, c *call) (version, error) {
	p, _, _, err := s.lookForPolicy(tx, c)
	return version{exists: p != nil}, err
}

func (s *Service) itemVersion(tx *store.Tx, c *call) (version, error) {
	d, _, err := s.findItem(tx, c)
	if err != nil || d == nil {
		return version{}, err
	}
	return version{exists: true, etag: d.ETag}, nil
}

func (s *Service) machineVersion(tx *store.Tx, c *call) (version, error) {
	m, err := s.findMachine(tx, c.machineID())
	return version{exists: m != nil}, err
}

func (s *Service) groupVersion(tx *store.Tx, c *call) (version, error) {
	g, err := findGroup(tx, c)
	return version{exists: g != nil}, err
}

// checkConditions refuses a write whose If-Match or If-None-Match does not hold (RFC 9110). It runs in the transaction that
// writes: nothing can come between the two.
//
// Other than the RFC has it, etags are compared by their text, weak ones in If-Match too: all that the service hands out are
// weak, as Azure's are, and a client could guard nothing with them otherwise.
func (s *Service) checkConditions(tx *store.Tx, c *call) error {
	wanted, unwanted := etagsIn(c, "If-Match"), etagsIn(c, "If-None-Match")
	look, ok := versionOf[c.kind]
	if c.neighbour != nil && c.kind != KindVirtualMachine {
		look, ok = (*Service).neighbourVersion, true
	}
	if !ok || len(wanted)+len(unwanted) == 0 {
		return nil
	}
	v, err := look(s, tx, c)
	if err != nil {
		return err
	}
	object := c.request.URL.Path
	switch {
	case len(wanted) > 0 && !v.exists:
		return preconditionFailed("There is no '%s', and the request has the condition that there is (If-Match: %s).", object,
			strings.Join(wanted, ", "))
	case len(wanted) > 0 && !v.isAmong(wanted):
		return preconditionFailed("'%s' is not as the request has it as a condition: its etag is %s, and If-Match has %s.", object,
			orDefault(v.etag, "not shown"), strings.Join(wanted, ", "))
	case len(unwanted) == 0 || !v.exists || v.leaving && unwanted[0] == anyETag || !v.isAmong(unwanted):
		return nil
	case unwanted[0] == anyETag:
		return preconditionFailed("'%s' already exists, and the request has the condition that it does not (If-None-Match: *).",
			object)
	}
	return preconditionFailed("'%s' has the etag %s, and the request has the condition that it does not (If-None-Match: %s).",
		object, v.etag, strings.Join(unwanted, ", "))
}

// anyETag stands for the etag of whatever is there.
const anyETag = "*"

// isAmong tells whether one of the etags is that of the version.
func (v version) isAmong(etags []string) bool {
	for _, etag := range etags {
		if etag == anyETag && len(etags) == 1 || v.etag != "" && opaque(etag) == opaque(v.etag) {
			return true
		}
	}
	return false
}

// opaque is an etag without the mark of a weak one.
func opaque(etag string) string { return strings.TrimPrefix(etag, "W/") }

// etagsIn takes a header with a list of etags apart. A comma in quotation marks belongs to the etag.
func etagsIn(c *call, header string) []string {
	var etags []string
	rest := strings.Join(c.request.Header.Values(header), ",")
	for rest != "" {
		end, quoted := 0, false
		for end < len(rest) && (quoted || rest[end] != ',') {
			quoted = quoted != (rest[end] == '"')
			end++
		}
		if etag := strings.TrimSpace(rest[:end]); etag != "" {
			etags = append(etags, etag)
		}
		rest = rest[min(end+1, len(rest)):]
	}
	return etags
}

func preconditionFailed(format string, args ...any) error {
	return &Fault{Code: codePreconditionFailed, Message: fmt.Sprintf(format, args...)}
}
