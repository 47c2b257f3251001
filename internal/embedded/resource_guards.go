package embedded

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

// memberGuard is the member of a vault's document that clients never see: its mapping to a resource guard.
const memberGuard = "resourceGuard"

// guardID is the form of the id of a guard, which may be of any subscription.
var guardID = regexp.MustCompile(`(?i)^/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft\.DataProtection/resourceGuards/[^/]+$`)

const (
	typeResourceGuard   = "Microsoft.DataProtection/resourceGuards"
	pathMultiUser       = "properties.securitySettings.multiUserAuthorization"
	pathGuardExclusions = "properties.vaultCriticalOperationExclusionList"
	// unlockedFor is how long what was unlocked can be deleted (recorded in July 2026).
	unlockedFor = 30 * time.Minute
)

// resourceGuards are plain documents, which need not be here for a vault to have one.
var resourceGuards = &neighbour{
	kind: "guard", kinds: "guards", of: typeResourceGuard, apiVersion: "2025-07-01",
	members: resourceMembers.and(members{
		"identity": free,
		"properties": holds(words("provisioningState allowAutoApprovals resourceGuardOperations description", members{
			"vaultCriticalOperationExclusionList": listOf(word),
		})),
	}),
	made:     http.StatusOK,
	owned:    []string{"properties.allowAutoApprovals", "properties.resourceGuardOperations"},
	defaults: object{"properties": object{"vaultCriticalOperationExclusionList": []any{}, "allowAutoApprovals": true}},
	settle:   (*Service).settleResourceGuard,
}

// settleResourceGuard lists the operations that a guard protects.
func (s *Service) settleResourceGuard(_ *store.Tx, _ *store.Document, body object) error {
	excluded, _ := lookup(body, pathGuardExclusions).([]any)
	operations := []any{}
	for _, o := range guardedOperations {
		if !o.excludedFrom(excluded) {
			operations = append(operations, object{"vaultCriticalOperation": o.operation, "requestResourceType": typeResourceGuard + "/" + o.request})
		}
	}
	setAt(body, "properties.resourceGuardOperations", operations)
	return nil
}

// getGuardRequest serves an operation request of a guard, of which every guard has one of each type.
func (s *Service) getGuardRequest(c *call) (*answer, error) {
	for _, o := range guardedOperations {
		if !strings.EqualFold(o.request, c.params["request"]) {
			continue
		}
		id := c.groupID() + "/providers/" + typeResourceGuard + "/" + c.params["name"]
		err := s.view(c, func(tx *store.Tx) error {
			g, err := resourceGuards.load(tx, id)
			if err == nil && g.document == nil {
				err = resourceGuards.notFound(c)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
		return answerOK(object{"id": id + "/" + o.request + "/default", "name": "default", "type": typeResourceGuard + "/" + o.request}), nil
	}
	return nil, &Fault{Code: codeResourceNotFound, Message: fmt.Sprintf("There are no operation requests of the type '%s'.", c.params["request"])}
}

// mapping is how a vault stands to its guard.
type mapping struct {
	name, guard, written string
	unlockedUntil        object // by the key of what may be deleted
}

// mappingOf reads the mapping in the document of a vault, nil when there is none.
func mappingOf(vault object) *mapping {
	o := under(vault, memberGuard)
	if o == nil {
		return nil
	}
	return &mapping{lookupText(o, "name"), lookupText(o, "id"), lookupText(o, "written"), under(o, "unlockedUntil")}
}

func (m *mapping) into(vault object) {
	o := object{"name": m.name, "id": m.guard, "written": m.written}
	if m.unlockedUntil != nil {
		o["unlockedUntil"] = m.unlockedUntil
	}
	vault[memberGuard] = o
}

func (m *mapping) request(op guarded) string { return m.guard + "/" + op.request + "/default" }

func (m *mapping) unlocked(id string, now time.Time) bool {
	until, err := time.Parse(time.RFC3339Nano, fmt.Sprint(m.unlockedUntil[store.Key(id)]))
	return err == nil && now.Before(until)
}

// render is the mapping as clients see it.
func (m *mapping) render(tx *store.Tx, vault *store.Document) (object, error) {
	ops, guard, err := guardedBy(tx, m.guard)
	if err != nil {
		return nil, err
	}
	details := []any{}
	for _, o := range ops {
		details = append(details, object{"vaultCriticalOperation": o.operation, "defaultResourceRequest": m.request(o)})
	}
	return object{
		"id": vault.ID + "/backupResourceGuardProxies/" + m.name, "name": m.name, "type": catalog.VaultType + "/backupResourceGuardProxies",
		"properties": object{
			"resourceGuardResourceId": m.guard, "resourceGuardOperationDetails": details, "lastUpdatedTime": m.written,
			"description": lookupText(guard, "properties.description"),
		},
	}, nil
}

func (s *Service) listGuardProxies(c *call) (*answer, error) {
	p := page{Value: []any{}}
	err := s.viewMapping(c, func(tx *store.Tx, d *store.Document, m *mapping) error {
		if m == nil {
			return nil
		}
		body, err := m.render(tx, d)
		p.Value = append(p.Value, body)
		return err
	})
	if err != nil {
		return nil, err
	}
	return answerOK(p), nil
}

func (s *Service) getGuardProxy(c *call) (*answer, error) {
	var body object
	err := s.viewMapping(c, func(tx *store.Tx, d *store.Document, m *mapping) (err error) {
		if !m.called(c.params["guard"]) {
			return noMapping(c)
		}
		body, err = m.render(tx, d)
		return err
	})
	if err != nil {
		return nil, err
	}
	return answerOK(body), nil
}

// called tells whether there is a mapping of that name. Azure's clients call it VaultProxy.
func (m *mapping) called(name string) bool { return m != nil && strings.EqualFold(m.name, name) }

func noMapping(c *call) error {
	return &Fault{
		Code:    codeResourceNotFound,
		Message: fmt.Sprintf("The resource guard mapping '%s' was not found in the vault '%s'.", c.params["guard"], c.params["vault"]),
	}
}

func (s *Service) viewMapping(c *call, look func(*store.Tx, *store.Document, *mapping) error) error {
	return s.view(c, func(tx *store.Tx) error {
		d, err := s.mustFindVault(tx, c)
		if err != nil {
			return err
		}
		body, err := decode(d.Body)
		if err != nil {
			return err
		}
		return look(tx, d, mappingOf(body))
	})
}

// changeMapping changes what the document of a vault says of its mapping.
func (s *Service) changeMapping(c *call, change func(tx *store.Tx, d *store.Document, body object, m *mapping) error) error {
	return s.update(c, func(tx *store.Tx) error {
		d, err := s.mustFindVault(tx, c)
		if err != nil {
			return err
		}
		if err := checkUsable(d, c.now); err != nil {
			return err
		}
		body, err := decode(d.Body)
		if err != nil {
			return err
		}
		if err := change(tx, d, body, mappingOf(body)); err != nil {
			return err
		}
		return save(tx, d, body)
	})
}

// putGuardProxy maps a vault to a guard, which needs no operation request. Another guard in place of the one there is takes what
// the removal of that one takes, which is our reading.
func (s *Service) putGuardProxy(c *call) (*answer, error) {
	in, err := c.content()
	if err != nil {
		return nil, err
	}
	guard := lookupText(in, "properties.resourceGuardResourceId")
	if !guardID.MatchString(guard) {
		return nil, invalidParameter("resourceGuardResourceId", fmt.Sprintf("It must be the id of a %s; it is '%s'.", typeResourceGuard, guard))
	}
	// As Azure writes it.
	guard = strings.Replace(guard, "/resourceGroups/", "/resourcegroups/", 1)
	var body object
	err = s.changeMapping(c, func(tx *store.Tx, d *store.Document, vault object, m *mapping) error {
		if m != nil && !strings.EqualFold(m.guard, guard) {
			if err := s.checkGuarded(tx, c, vault, guardsMapping, d.ID, nil); err != nil {
				return err
			}
		}
		m = &mapping{name: c.params["guard"], guard: guard, written: timestamp(c.now)}
		m.into(vault)
		setAt(vault, pathMultiUser, "Enabled")
		var err error
		body, err = m.render(tx, d)
		return err
	})
	if err != nil {
		return nil, err
	}
	return answerOK(body), nil
}

// deleteGuardProxy answers with an empty object, as recorded.
func (s *Service) deleteGuardProxy(c *call) (*answer, error) {
	none := false
	err := s.changeMapping(c, func(tx *store.Tx, d *store.Document, vault object, m *mapping) error {
		if none = !m.called(c.params["guard"]); none {
			return nil
		}
		if err := s.checkGuarded(tx, c, vault, guardsMapping, d.ID, nil); err != nil {
			return err
		}
		delete(vault, memberGuard)
		setAt(vault, pathMultiUser, "Disabled")
		return nil
	})
	switch {
	case err != nil:
		return nil, err
	case none:
		return &answer{status: http.StatusNoContent}, nil
	}
	return answerOK(object{}), nil
}

// unlockDelete lets what the guard protects be deleted for a while: an item that is named, or else the mapping itself.
func (s *Service) unlockDelete(c *call) (*answer, error) {
	in, err := c.content()
	if err != nil {
		return nil, err
	}
	named, until := operationRequests(in), timestamp(c.now.Add(unlockedFor))
	err = s.changeMapping(c, func(_ *store.Tx, d *store.Document, vault object, m *mapping) error {
		if !m.called(c.params["guard"]) {
			return noMapping(c)
		}
		id, op := d.ID, guardsMapping
		if item := lookupText(in, "resourceToBeDeleted"); item != "" {
			id, op = item, guardsDeletion
		}
		request := m.request(op)
		if len(named) != 1 || !strings.EqualFold(named[0], request) {
			return invalidParameter("resourceGuardOperationRequests", fmt.Sprintf("To unlock '%s' it must be '%s'.", id, request))
		}
		if err := s.checkLinked(request); err != nil {
			return err
		}
		if m.unlockedUntil == nil {
			m.unlockedUntil = object{}
		}
		m.unlockedUntil[store.Key(id)] = until
		m.into(vault)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return answerOK(object{"unlockDeleteExpiryTime": until}), nil
}
