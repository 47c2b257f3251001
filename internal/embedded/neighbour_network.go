package embedded

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

const (
	typeInterface       = networkNamespace + "/networkInterfaces"
	typeIPConfiguration = typeInterface + "/ipConfigurations"

	pathResourceGUID     = "properties.resourceGuid"
	pathInterfaceMachine = "properties.virtualMachine"
)

// settleNetwork gives what is in a network the id that it has besides its name.
func (s *Service) settleNetwork(_ *store.Tx, _ *store.Document, body object) error {
	if lookup(body, pathResourceGUID) == nil {
		setAt(body, pathResourceGUID, uuid.NewString())
	}
	return nil
}

// settlePublicAddress hands out an address that leads nowhere: one of those that are set aside for measurements (RFC 2544).
// Static ones have theirs from the start, and so do those that can be nothing else.
func (s *Service) settlePublicAddress(tx *store.Tx, d *store.Document, body object) error {
	static := strings.EqualFold(lookupText(body, "properties.publicIPAllocationMethod"), "Static")
	if lookup(body, "properties.ipAddress") == nil && static && lookupText(body, "properties.publicIPAddressVersion") != "IPv6" {
		sum := sha256.Sum256([]byte(store.Key(d.ID)))
		const network, size = 198<<24 | 18<<16, 1 << 17
		address := netip.AddrFrom4([4]byte(binary.BigEndian.AppendUint32(nil, network+binary.BigEndian.Uint32(sum[:])%size)))
		setAt(body, "properties.ipAddress", address.String())
	}
	if label := lookupText(body, "properties.dnsSettings.domainNameLabel"); label != "" {
		setAt(body, "properties.dnsSettings.fqdn", label+"."+lookupText(body, "location")+".cloudapp.backup.invalid")
	}
	return s.settleNetwork(tx, d, body)
}

// settleInterface gives the configurations of a network interface their ids and addresses.
func (s *Service) settleInterface(tx *store.Tx, d *store.Document, body object) error {
	before := object{}
	if len(d.Body) > 0 {
		var err error
		if before, err = decode(d.Body); err != nil {
			return fmt.Errorf("document %s: %w", d.ID, err)
		}
	}
	given := map[string]bool{} // in this request
	for i, config := range objectsIn(body, "properties.ipConfigurations") {
		name := lookupText(config, "name")
		if !neighbourName.MatchString(name) {
			return invalidContent("'properties.ipConfigurations[%d].name' must be the name of a resource; it is '%s'.", i, name)
		}
		config["id"], config["type"] = d.ID+"/ipConfigurations/"+name, typeIPConfiguration
		fill(config, object{"properties": object{
			"privateIPAllocationMethod": "Dynamic", "privateIPAddressVersion": "IPv4", "primary": i == 0, "provisioningState": stateSucceeded,
		}})
		dynamic := strings.EqualFold(lookupText(config, "properties.privateIPAllocationMethod"), "Dynamic")
		if dynamic {
			discard(config, "properties.privateIPAddress")
		}
		if lookup(config, "properties.privateIPAddress") == nil {
			address, err := privateAddress(tx, config, before, given)
			if err != nil {
				return err
			}
			if address != "" {
				setAt(config, "properties.privateIPAddress", address)
			}
		}
		given[lookupText(config, "properties.privateIPAddress")] = true
	}
	return s.settleNetwork(tx, d, body)
}

// privateAddress is the address of a configuration in its subnet: the one that it had, or else the first that is free. It is
// empty where the subnet is not here. before is the interface as it was.
func privateAddress(tx *store.Tx, config, before object, given map[string]bool) (string, error) {
	subnetID := lookupText(config, "properties.subnet.id")
	for _, old := range objectsIn(before, "properties.ipConfigurations") {
		if lookupText(old, "name") == lookupText(config, "name") &&
			store.Key(lookupText(old, "properties.subnet.id")) == store.Key(subnetID) {
			return lookupText(old, "properties.privateIPAddress"), nil
		}
	}
	subnet, err := subnets.load(tx, subnetID)
	if err != nil || subnet.document == nil {
		return "", err
	}
	taken, err := addressesIn(tx, subnet.document)
	if err != nil {
		return "", err
	}
	prefixes, _ := lookup(subnet.body, "properties.addressPrefixes").([]any)
	for _, text := range append(slices.Clone(prefixes), lookup(subnet.body, "properties.addressPrefix")) {
		cidr, _ := text.(string)
		prefix, err := netip.ParsePrefix(cidr)
		if err != nil || prefix.Addr().Is4() != (lookupText(config, "properties.privateIPAddressVersion") == "IPv4") {
			continue
		}
		// Azure keeps the first four of each subnet for itself.
		address := prefix.Masked().Addr().Next().Next().Next().Next()
		for prefix.Contains(address) && (taken[address.String()] || given[address.String()]) {
			address = address.Next()
		}
		if prefix.Contains(address) {
			return address.String(), nil
		}
	}
	return "", nil
}

// addressesIn are those of a subnet that network interfaces have.
func addressesIn(tx *store.Tx, subnet *store.Document) (map[string]bool, error) {
	docs, err := tx.Documents(store.Query{Type: typeInterface, Subscription: subnet.Subscription})
	if err != nil {
		return nil, err
	}
	taken := map[string]bool{}
	for _, d := range docs {
		body, err := decode(d.Body)
		if err != nil {
			return nil, fmt.Errorf("document %s: %w", d.ID, err)
		}
		for _, config := range objectsIn(body, "properties.ipConfigurations") {
			if store.Key(lookupText(config, "properties.subnet.id")) == store.Key(subnet.ID) {
				taken[lookupText(config, "properties.privateIPAddress")] = true
			}
		}
	}
	return taken, nil
}
