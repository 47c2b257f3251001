package embedded

// vaultMembersSince are the members of a vault that came with an API version. In an older one a vault does not show them, and
// a request that has them leaves them as they are: Azure's answers were seen without them, and that its requests are read so is
// our reading.
var vaultMembersSince = []struct{ path, version string }{
	{"securitySettings.sourceScanConfiguration", "2025-02-01"},
	{"costManagementSettings", "2026-01-01"},
	{pathImmutabilityPeriod, "2026-05-01"},
	{"regionOfChoiceSettings", "2026-05-01"}, // recorded; Microsoft's type definitions have it with 2026-07-01
}

// takeNewerMembers takes out of a vault's properties what the API version of the call does not know.
func takeNewerMembers(c *call, properties object) {
	for _, m := range vaultMembersSince {
		if !c.since(m.version) {
			discard(properties, m.path)
		}
	}
}
