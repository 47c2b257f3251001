package embedded

import (
	"crypto/sha512"
	"encoding/base64"
	"strings"

	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

// StorageSuffix is the domain of the endpoints of storage accounts. There is nothing at them: .invalid never resolves, so
// that nothing is sent to an account of the same name in Azure.
const StorageSuffix = "storage.backup.invalid"

// settleStorageAccount adds where an account is, and the addresses of its services.
func (s *Service) settleStorageAccount(tx *store.Tx, d *store.Document, body object) error {
	sku := lookupText(body, "sku.name")
	tier, redundancy, _ := strings.Cut(sku, "_")
	if sku != "" {
		setAt(body, "sku.tier", strings.TrimSuffix(tier, "V2"))
	}
	region := lookupText(body, "location")
	properties, _ := body["properties"].(object)
	endpoints := func(account string) object {
		all := object{}
		for _, service := range []string{"blob", "dfs", "file", "queue", "table", "web"} {
			all[service] = "https://" + account + "." + service + "." + StorageSuffix + "/"
		}
		return all
	}
	name := strings.ToLower(lastSegment(d.ID))
	properties["primaryLocation"], properties["statusOfPrimary"], properties["primaryEndpoints"] = region, "available", endpoints(name)
	for _, name := range []string{"secondaryLocation", "statusOfSecondary", "secondaryEndpoints"} {
		delete(properties, name)
	}
	if pair := s.regions[region].Pair; pair != "" && strings.Contains(redundancy, "G") {
		properties["secondaryLocation"], properties["statusOfSecondary"] = pair, "available"
		if strings.HasPrefix(redundancy, "RA") {
			properties["secondaryEndpoints"] = endpoints(name + "-secondary")
		}
	}
	if properties["accessTier"] == nil && lookupText(body, "kind") != "Storage" {
		properties["accessTier"] = "Hot"
	}
	if properties["creationTime"] == nil {
		now := timestamp(tx.Now())
		properties["creationTime"], properties["keyCreationTime"] = now, object{"key1": now, "key2": now}
	}
	return nil
}

// givenWithParent is the body of what is there as long as its parent is.
func (n *neighbour) givenWithParent(_ *Service, tx *store.Tx, c *call) (object, error) {
	parent, err := find(tx, n.of[:strings.LastIndexByte(n.of, '/')], n.parentID(c))
	if err != nil || parent == nil || !strings.EqualFold(c.params["name"], n.always) {
		return nil, err
	}
	return object{}, nil
}

// listStorageKeys serves the keys of an account. They open nothing: there is no storage.
func (s *Service) listStorageKeys(c *call) (*answer, error) {
	var keys []any
	err := s.view(c, func(tx *store.Tx) error {
		r, err := storageAccounts.load(tx, storageAccounts.id(c))
		switch {
		case err != nil:
			return err
		case r.document == nil:
			return storageAccounts.notFound(c)
		}
		for _, name := range []string{"key1", "key2"} {
			// An account that is made again has others.
			key := sha512.Sum512([]byte(name + ":" + store.Key(r.document.ID) + ":" + timestamp(r.document.Created)))
			keys = append(keys, object{
				"keyName": name, "value": base64.StdEncoding.EncodeToString(key[:]), "permissions": "FULL",
				"creationTime": timestamp(r.document.Created),
			})
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return answerOK(object{"keys": keys}), nil
}

// settleUserIdentity gives an identity the ids that the directory would give it, and that resources which have it show.
func (s *Service) settleUserIdentity(_ *store.Tx, d *store.Document, body object) error {
	setAt(body, "properties.tenantId", TenantID)
	setAt(body, "properties.principalId", directoryID(d.ID, "principal"))
	setAt(body, "properties.clientId", directoryID(d.ID, "client"))
	return nil
}
