package embedded

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

func (c *call) policyID() string { return policyID(c.vaultID(), c.params["policy"]) }

func policyPlace(id string) place { return place{id, "operations", "operationResults"} }

// policyFilterPaths are the terms of a filter of policies that the service knows.
var policyFilterPaths = map[string]string{
	"backupmanagementtype": "properties.backupManagementType",
	"workloadtype":         "workloadType", // which the policy itself does not show
}

// listPolicies serves the policies of a vault by name.
func (s *Service) listPolicies(c *call) (*answer, error) {
	return s.listInVault(c, "policies", policyFilterPaths, func(tx *store.Tx, l *listing, vault *store.Document) error {
		l.size = s.longPage // the items are counted anew for each page
		policies, err := policiesOf(tx, vault)
		if err != nil {
			return err
		}
		users, err := policyUsers(tx, vault)
		if err != nil {
			return err
		}
		for _, policy := range policies {
			if store.Key(policy.id) <= store.Key(l.after.ID) {
				continue
			}
			body := policy.render(c, len(users[store.Key(policy.id)]))
			if !l.add(entry{
				at: store.Position{Name: policy.name(), ID: policy.id}, body: body, filtered: merge(object{"workloadType": dataSourceVM}, body),
			}) {
				break
			}
		}
		return nil
	})
}

// policyUsers are the items of the vault that have a policy, by the key of the policy's id. What is soft-deleted has
// none.
func policyUsers(tx *store.Tx, vault *store.Document) (map[string][]*store.Document, error) {
	items, err := tx.Documents(store.Query{Type: typeProtectedItem, Parent: vault.ID})
	if err != nil {
		return nil, err
	}
	users := map[string][]*store.Document{}
	for _, item := range liveItems(items, tx.Now()) {
		body, err := decode(item.Body)
		if err != nil {
			return nil, fmt.Errorf("document %s: %w", item.ID, err)
		}
		if key := store.Key(lookupText(body, "properties.policyId")); key != "" {
			users[key] = append(users[key], item)
		}
	}
	return users, nil
}

// render is the policy as clients see it. items is how many have it.
func (p *policy) render(c *call, items int) object {
	body := merge(object{}, p.body)
	properties, _ := body["properties"].(object)
	properties["protectedItemsCount"] = items
	if !c.since(firstInstantAccess) {
		for _, name := range instantAccessMembers {
			delete(properties, name)
		}
	}
	body["id"], body["name"], body["type"] = p.id, p.name(), typePolicy
	return body
}

// mustFindPolicy returns the policy of the call, its vault and the items that have it.
func (s *Service) mustFindPolicy(tx *store.Tx, c *call) (*policy, []*store.Document, error) {
	p, users, _, err := s.lookForPolicy(tx, c)
	if err == nil && p == nil {
		err = &Fault{
			Code: codeResourceNotFound,
			Message: fmt.Sprintf("The backup policy '%s' was not found in the vault '%s'.", c.params["policy"],
				c.params["vault"]),
		}
	}
	return p, users, err
}

// lookForPolicy is mustFindPolicy without the must: the policy is nil when there is none.
func (s *Service) lookForPolicy(tx *store.Tx, c *call) (*policy, []*store.Document, *store.Document, error) {
	vault, err := s.mustFindVault(tx, c)
	if err != nil {
		return nil, nil, nil, err
	}
	p, err := findPolicy(tx, vault, c.params["policy"])
	if err != nil || p == nil {
		return nil, nil, vault, err
	}
	users, err := policyUsers(tx, vault)
	return p, users[store.Key(p.id)], vault, err
}

func (s *Service) getPolicy(c *call) (*answer, error) {
	var body object
	err := s.view(c, func(tx *store.Tx) error {
		p, users, err := s.mustFindPolicy(tx, c)
		if err == nil {
			body = p.render(c, len(users))
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return answerOK(body), nil
}

func (s *Service) putPolicy(c *call) (*answer, error) {
	in, err := c.content()
	if err != nil {
		return nil, err
	}
	var a *answer
	err = s.update(c, func(tx *store.Tx) error {
		before, users, vault, err := s.lookForPolicy(tx, c)
		if err != nil {
			return err
		}
		if err := checkUsable(vault, c.now); err != nil {
			return err
		}
		d := newPolicyDocument(vault, policyID(vault.ID, c.params["policy"]))
		if before != nil {
			d.ID = before.id
			if err := checkPolicyFree(before, c); err != nil {
				return err
			}
		} else if err := checkNewPolicy(tx, c, vault); err != nil {
			return err
		}
		named := operationRequests(under(in, "properties"))
		body, settings, err := settlePolicy(c, before, in)
		if err != nil {
			return err
		}
		if err := s.checkRetentionStays(tx, vault, before, settings); err != nil {
			return err
		}
		if before != nil && len(settings.ShortensRetention(before.settings, nil)) > 0 {
			if err := s.checkGuardedPolicy(tx, c, vault, named); err != nil {
				return err
			}
		}
		a, err = s.storePolicy(tx, c, d, body, users)
		return err
	})
	return a, err
}

func checkNewPolicy(tx *store.Tx, c *call, vault *store.Document) error {
	if err := catalog.CheckPolicyName(c.params["policy"]); err != nil {
		return &Fault{Code: codeInvalidName, Message: err.Error()}
	}
	return checkPolicyRoom(tx, vault)
}

// checkPolicyFree refuses a change of a policy whose last change its items have not taken over yet.
func checkPolicyFree(p *policy, c *call) error {
	if p.document == nil || stateOf(p.document, c.now) != stateUpdating {
		return nil
	}
	return &Fault{
		Code: codeItemLocked,
		Message: fmt.Sprintf("The last change of the policy '%s' is being carried over to the items that have it. Please "+
			"retry when it has ended.", p.name()),
	}
}

// storePolicy stores the policy. Items that have it follow, which is an operation of its own.
func (s *Service) storePolicy(
	tx *store.Tx, c *call, d *store.Document, body object, users []*store.Document,
) (*answer, error) {
	if len(users) > 0 {
		if err := s.begin(tx, d, operationUpdate, s.config.OperationTime, nil); err != nil {
			return nil, err
		}
	}
	if err := save(tx, d, body); err != nil {
		return nil, err
	}
	p, err := readPolicy(d.ID, d, d.Body)
	if err != nil {
		return nil, err
	}
	for _, item := range users {
		if err := followPolicy(tx, item, p); err != nil {
			return nil, err
		}
	}
	if len(users) > 0 {
		return s.accepted(c, &answer{status: http.StatusAccepted}, policyPlace(d.ID), d.Operation), nil
	}
	return answerOK(p.render(c, 0)), nil
}

// followPolicy begins a period under the changed policy in an item that has it, so that the backups taken before stay as
// they are.
func followPolicy(tx *store.Tx, item *store.Document, p *policy) error {
	body, err := decode(item.Body)
	if err == nil {
		err = changeHistory(body, func(h *history) { h.change(tx.Now(), p.properties()) })
	}
	if err != nil {
		return fmt.Errorf("document %s: %w", item.ID, err)
	}
	return save(tx, item, body)
}

// isRunning tells whether an item of this stored protectionState is backed up.
func isRunning(state string) bool {
	return state != "" && state != protectionStopped && state != protectionSuspended
}

func (s *Service) deletePolicy(c *call) (*answer, error) {
	a := &answer{status: http.StatusOK}
	err := s.update(c, func(tx *store.Tx) error {
		p, users, vault, err := s.lookForPolicy(tx, c)
		if err != nil {
			return err
		}
		if p == nil {
			a.status = http.StatusNoContent
			return nil
		}
		if err := checkUsable(vault, c.now); err != nil {
			return err
		}
		if len(users) > 0 {
			return policyInUse(p, users)
		}
		return p.erase(tx, vault)
	})
	if err != nil {
		return nil, err
	}
	return a, nil
}

func (s *Service) getPolicyStatus(c *call) (*answer, error) {
	var op *store.Operation
	err := s.view(c, func(tx *store.Tx) (err error) {
		op, err = findOperation(tx, c, c.policyID())
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.status(c, policyPlace(op.Resource), op), nil
}

func (s *Service) getPolicyResult(c *call) (*answer, error) {
	var op *store.Operation
	var body object
	err := s.view(c, func(tx *store.Tx) (err error) {
		if op, err = findOperation(tx, c, c.policyID()); err != nil {
			return err
		}
		p, users, _, err := s.lookForPolicy(tx, c)
		if err == nil && p != nil {
			body = p.render(c, len(users))
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.result(c, policyPlace(op.Resource), op, func() (*answer, error) {
		if body == nil {
			return &answer{status: http.StatusNoContent}, nil
		}
		return answerOK(body), nil
	})
}

// listedNames lists the policies of a vault in a message.
func listedNames(policies []*policy) string {
	if len(policies) == 0 {
		return "no policies"
	}
	var names []string
	for _, p := range policies[:min(len(policies), maxNamed)] {
		names = append(names, "'"+p.name()+"'")
	}
	if more := len(policies) - len(names); more > 0 {
		names = append(names, fmt.Sprintf("%d more", more))
	}
	if len(names) == 1 {
		return names[0]
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}
