package embedded

// Fresh is a row of the table of fresh objects.
type Fresh struct{ Of, Member, Value string }

// FreshMembers is the table for the tests outside of the package, which have its clients.
func FreshMembers() []Fresh {
	var rows []Fresh
	for _, f := range freshMembers {
		rows = append(rows, Fresh{f.of, f.member, f.value})
	}
	return rows
}
