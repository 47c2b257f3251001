package embedded

import (
	"slices"
	"strings"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

// The types of the documents of policies. That of a policy which a vault has by default, and which somebody deleted,
// remembers the deletion: it has the policy's id and is no policy.
const (
	typePolicy        = catalog.VaultType + "/backupPolicies"
	typeDeletedPolicy = typePolicy + "/deleted"
)

// defaultPolicies are in every vault from the start. They have no documents until somebody writes or deletes them, so
// that vaults have them which were made before the service knew policies. In the texts DATE stands for the day the
// vault was made on. The first is as recorded from Azure; Azure chooses the hour, which differs from vault to vault.
var defaultPolicies = []struct{ name, body string }{
	{"DefaultPolicy", `{
		"properties": {
			"backupManagementType": "AzureIaasVM",
			"policyType": "V1",
			"instantRPDetails": {},
			"schedulePolicy": {
				"schedulePolicyType": "SimpleSchedulePolicy",
				"scheduleRunFrequency": "Daily",
				"scheduleRunTimes": ["DATET15:00:00Z"],
				"scheduleWeeklyFrequency": 0
			},
			"retentionPolicy": {
				"retentionPolicyType": "LongTermRetentionPolicy",
				"dailySchedule": {
					"retentionTimes": ["DATET15:00:00Z"],
					"retentionDuration": {"count": 30, "durationType": "Days"}
				}
			},
			"instantRpRetentionRangeInDays": 2,
			"timeZone": "UTC"
		}
	}`},
	{"EnhancedPolicy", `{
		"properties": {
			"backupManagementType": "AzureIaasVM",
			"policyType": "V2",
			"instantRPDetails": {},
			"schedulePolicy": {
				"schedulePolicyType": "SimpleSchedulePolicyV2",
				"scheduleRunFrequency": "Hourly",
				"hourlySchedule": {
					"interval": 4,
					"scheduleWindowStartTime": "DATET08:00:00Z",
					"scheduleWindowDuration": 12
				}
			},
			"retentionPolicy": {
				"retentionPolicyType": "LongTermRetentionPolicy",
				"dailySchedule": {
					"retentionTimes": ["DATET08:00:00Z"],
					"retentionDuration": {"count": 30, "durationType": "Days"}
				}
			},
			"instantRpRetentionRangeInDays": 2,
			"timeZone": "UTC"
		}
	}`},
}

// policy is a policy of a vault.
type policy struct {
	id       string
	document *store.Document // nil for one that the vault has by default
	body     object
	settings catalog.VMPolicy
}

func (p *policy) name() string { return lastSegment(p.id) }

// properties are those of the policy's document.
func (p *policy) properties() object {
	properties, _ := p.body["properties"].(object)
	return properties
}

func policyID(vault, name string) string { return vault + "/backupPolicies/" + name }

// defaultPolicy returns the policy of this name that the vault has by default, nil for any other name.
func defaultPolicy(vault *store.Document, name string) (*policy, error) {
	for _, d := range defaultPolicies {
		if strings.EqualFold(d.name, name) {
			body := strings.ReplaceAll(d.body, "DATE", vault.Created.UTC().Format(time.DateOnly))
			return readPolicy(policyID(vault.ID, d.name), nil, []byte(body))
		}
	}
	return nil, nil
}

func readPolicy(id string, d *store.Document, b []byte) (*policy, error) {
	body, err := decode(b)
	if err != nil {
		return nil, err
	}
	p := &policy{id: id, document: d, body: body}
	p.settings, err = policyOf(p.properties())
	return p, err
}

// findPolicy returns the policy of the vault with this name, nil when there is none.
func findPolicy(tx *store.Tx, vault *store.Document, name string) (*policy, error) {
	id := policyID(vault.ID, name)
	d, err := find(tx, typePolicy, id)
	if err != nil {
		return nil, err
	}
	if d != nil {
		return readPolicy(d.ID, d, d.Body)
	}
	if deleted, err := find(tx, typeDeletedPolicy, id); err != nil || deleted != nil {
		return nil, err
	}
	return defaultPolicy(vault, name)
}

// policiesOf returns the policies of a vault by name.
func policiesOf(tx *store.Tx, vault *store.Document) ([]*policy, error) {
	docs, err := tx.Documents(store.Query{Type: typePolicy, Parent: vault.ID})
	if err != nil {
		return nil, err
	}
	var policies []*policy
	for _, d := range docs {
		p, err := readPolicy(d.ID, d, d.Body)
		if err != nil {
			return nil, err
		}
		policies = append(policies, p)
	}
	for _, known := range defaultPolicies {
		if slices.ContainsFunc(policies, func(p *policy) bool { return strings.EqualFold(p.name(), known.name) }) {
			continue
		}
		p, err := findPolicy(tx, vault, known.name)
		if err != nil {
			return nil, err
		}
		if p != nil {
			policies = append(policies, p)
		}
	}
	slices.SortFunc(policies, func(a, b *policy) int { return strings.Compare(store.Key(a.id), store.Key(b.id)) })
	return policies, nil
}

// erase deletes the policy, in a way that one which the vault has by default stays deleted.
func (p *policy) erase(tx *store.Tx, vault *store.Document) error {
	byDefault, err := defaultPolicy(vault, p.name())
	if err != nil {
		return err
	}
	if byDefault == nil {
		return tx.DeleteDocument(p.id)
	}
	d := newPolicyDocument(vault, byDefault.id)
	d.Type = typeDeletedPolicy
	return save(tx, d, object{})
}

func newPolicyDocument(vault *store.Document, id string) *store.Document {
	return &store.Document{
		ID:            id,
		Type:          typePolicy,
		Subscription:  vault.Subscription,
		ResourceGroup: vault.ResourceGroup,
		Parent:        vault.ID,
		Name:          lastSegment(id),
	}
}
