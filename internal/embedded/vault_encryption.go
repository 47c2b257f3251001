package embedded

// settleEncryption brings a key's settings into their full form. The rules about them are the catalog's.
func settleEncryption(properties object) error {
	for _, path := range []string{pathEncryptionKey, pathKeyUsesSystemIdentity} {
		if err := checkShape(properties, path); err != nil {
			return err
		}
	}
	for _, path := range []string{pathEncryptionKey, pathKeyUserIdentity} {
		switch lookup(properties, path).(type) {
		case nil, string:
		default:
			return invalidContent("'properties.%s' must be a string.", path)
		}
	}
	switch lookup(properties, pathKeyUsesSystemIdentity).(type) {
	case nil, bool:
	default:
		return invalidContent("'properties.%s' must be true or false.", pathKeyUsesSystemIdentity)
	}
	if lookupText(properties, pathEncryptionKey) != "" && lookup(properties, pathInfrastructureEncryption) == nil {
		merge(properties, object{"encryption": object{"infrastructureEncryption": "Disabled"}})
	}
	return nil
}
