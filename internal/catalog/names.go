package catalog

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The length of a vault name in characters, both ends included.
const (
	VaultNameMinLength = 2
	VaultNameMaxLength = 50
)

const (
	resourceGroupNameMaxLength = 90
	vmNameMaxLength            = 64

	// maxListed is how many illegal characters of one name a message spells out.
	maxListed = 3
)

// CheckVaultName returns nil when s is the name of a backup vault: VaultNameMinLength to VaultNameMaxLength
// characters, the first an ASCII letter, the others ASCII letters, digits or hyphens. A hyphen may be the last.
//
// Each broken rule has its own message: the length, with the number of characters (not bytes); the first character;
// and the illegal characters after it, with their 1-based positions. A first character that is not a letter breaks
// that rule only. When several rules are broken the error has a line for each, in that order.
//
// Uniqueness within the subscription is not checked here; only the service knows.
//
// Source: Microsoft's resource-name-rules for Microsoft.RecoveryServices/vaults, and azurerm's validator
// ^[a-zA-Z][-a-zA-Z0-9]{1,49}$, which agree.
func CheckVaultName(s string) error {
	if s == "" {
		return fmt.Errorf("the name is empty; a vault name has %d to %d characters",
			VaultNameMinLength, VaultNameMaxLength)
	}
	var errs []error
	if n := utf8.RuneCountInString(s); n < VaultNameMinLength || n > VaultNameMaxLength {
		errs = append(errs, fmt.Errorf("the name has %s; a vault name has %d to %d",
			countOf(n, "character"), VaultNameMinLength, VaultNameMaxLength))
	}
	first := firstChar(s)
	if r, _ := utf8.DecodeRuneInString(first); !isASCIILetter(r) {
		errs = append(errs, fmt.Errorf("the name starts with %s; a vault name starts with a letter (a-z, A-Z)",
			quote(first)))
	}
	legal := func(r rune) bool { return isASCIILetterOrDigit(r) || r == '-' }
	if bad := illegalChars(s[len(first):], 2, legal); bad != "" {
		errs = append(errs, fmt.Errorf("the name has %s; a vault name has only letters (a-z, A-Z), digits and hyphens",
			bad))
	}
	return errors.Join(errs...)
}

// The length of a policy name in characters, both ends included.
const (
	PolicyNameMinLength = 3
	PolicyNameMaxLength = 150
)

// CheckPolicyName returns nil when s is the name of a backup policy: PolicyNameMinLength to PolicyNameMaxLength characters,
// the first an ASCII letter, the others ASCII letters, digits, hyphens, underscores or exclamation marks.
//
// Messages are as those of CheckVaultName: one for each broken rule, on its own line.
//
// Source: azurerm's validator ^[a-zA-Z][-_!a-zA-Z0-9]{2,149}$.
func CheckPolicyName(s string) error {
	if s == "" {
		return fmt.Errorf("the name is empty; a policy name has %d to %d characters", PolicyNameMinLength, PolicyNameMaxLength)
	}
	var errs []error
	if n := utf8.RuneCountInString(s); n < PolicyNameMinLength || n > PolicyNameMaxLength {
		errs = append(errs, fmt.Errorf("the name has %s; a policy name has %d to %d",
			countOf(n, "character"), PolicyNameMinLength, PolicyNameMaxLength))
	}
	first := firstChar(s)
	if r, _ := utf8.DecodeRuneInString(first); !isASCIILetter(r) {
		errs = append(errs, fmt.Errorf("the name starts with %s; a policy name starts with a letter (a-z, A-Z)", quote(first)))
	}
	legal := func(r rune) bool { return isASCIILetterOrDigit(r) || strings.ContainsRune("-_!", r) }
	if bad := illegalChars(s[len(first):], 2, legal); bad != "" {
		errs = append(errs, fmt.Errorf("the name has %s; a policy name has only letters (a-z, A-Z), digits, hyphens, "+
			"underscores and exclamation marks", bad))
	}
	return errors.Join(errs...)
}

// CheckResourceGroupName returns nil when s is the name of a resource group: 1 to 90 characters, each a letter or
// digit of any script, an underscore, hyphen, period or parenthesis, and the last not a period.
//
// Messages are as those of CheckVaultName: one for each broken rule, on its own line.
//
// Source: Microsoft's resource-name-rules for Microsoft.Resources/resourceGroups, whose letters and digits are those
// of .NET's Char.IsLetterOrDigit: Unicode categories L and Nd.
func CheckResourceGroupName(s string) error {
	if s == "" {
		return fmt.Errorf("the name is empty; a resource group name has 1 to %d characters", resourceGroupNameMaxLength)
	}
	var errs []error
	if n := utf8.RuneCountInString(s); n > resourceGroupNameMaxLength {
		errs = append(errs, fmt.Errorf("the name has %s; a resource group name has 1 to %d",
			countOf(n, "character"), resourceGroupNameMaxLength))
	}
	legal := func(r rune) bool {
		return unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("_-.()", r)
	}
	if bad := illegalChars(s, 1, legal); bad != "" {
		errs = append(errs, fmt.Errorf("the name has %s; a resource group name has only letters, digits, underscores, "+
			"hyphens, periods and parentheses", bad))
	}
	if strings.HasSuffix(s, ".") {
		errs = append(errs, errors.New("the name ends in a period; a resource group name does not"))
	}
	return errors.Join(errs...)
}

// CheckVMName returns nil when s is the name of a virtual machine, whatever its operating system: 1 to 64 characters, each
// a letter or digit of any script, an underscore, hyphen or period, the first a letter or digit, and the last no hyphen or
// period.
//
// Messages are as those of CheckVaultName: one for each broken rule, on its own line.
//
// Source: Microsoft's resource-name-rules for Microsoft.Compute/virtualMachines, and the rule that Azure's compute service
// quotes where it refuses a name, ^[^_\W][\w-._]{0,79}(?<![-.])$, which knows underscores and periods besides. The length is
// the former's.
func CheckVMName(s string) error {
	if s == "" {
		return fmt.Errorf("the name is empty; the name of a virtual machine has 1 to %d characters", vmNameMaxLength)
	}
	var errs []error
	if n := utf8.RuneCountInString(s); n > vmNameMaxLength {
		errs = append(errs, fmt.Errorf("the name has %s; the name of a virtual machine has 1 to %d",
			countOf(n, "character"), vmNameMaxLength))
	}
	alphanumeric := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
	first := firstChar(s)
	if r, _ := utf8.DecodeRuneInString(first); !alphanumeric(r) {
		errs = append(errs, fmt.Errorf("the name starts with %s; the name of a virtual machine starts with a letter or digit",
			quote(first)))
	}
	legal := func(r rune) bool { return alphanumeric(r) || strings.ContainsRune("_-.", r) }
	if bad := illegalChars(s[len(first):], 2, legal); bad != "" {
		errs = append(errs, fmt.Errorf("the name has %s; the name of a virtual machine has only letters, digits, underscores, "+
			"hyphens and periods", bad))
	}
	if last := s[len(s)-1:]; len(s) > 1 && (last == "-" || last == ".") {
		errs = append(errs, fmt.Errorf("the name ends in %s; the name of a virtual machine ends in a letter, digit or underscore",
			quote(last)))
	}
	return errors.Join(errs...)
}

// CheckSubscriptionID returns nil when s has the form of an Azure subscription ID: a UUID of 32 hexadecimal digits in
// either letter case, in groups of 8, 4, 4, 4 and 12 with hyphens between them, without braces. It does not ask
// whether the subscription exists, nor for a UUID version: Azure's are not all of one version.
func CheckSubscriptionID(s string) error {
	const form = "a subscription ID is 32 hexadecimal digits in groups of 8, 4, 4, 4 and 12, such as " +
		"00000000-0000-0000-0000-000000000000"
	if s == "" {
		return errors.New("the subscription ID is empty; " + form)
	}
	if !isUUID(s) {
		return fmt.Errorf("%s is not a subscription ID; %s", quote(s), form)
	}
	return nil
}

func isUUID(s string) bool {
	groups := strings.Split(s, "-")
	if len(groups) != 5 {
		return false
	}
	for i, length := range []int{8, 4, 4, 4, 12} {
		if len(groups[i]) != length || strings.Trim(groups[i], "0123456789abcdefABCDEF") != "" {
			return false
		}
	}
	return true
}

// illegalChars lists the characters of s that are not legal, with their positions counted from position, as in
// `"_" at position 2 and "." at position 5`. It returns "" when all are legal.
func illegalChars(s string, position int, legal func(rune) bool) string {
	var listed []string
	more := 0
	for ; s != ""; position++ {
		char := firstChar(s)
		r, _ := utf8.DecodeRuneInString(char)
		s = s[len(char):]
		// A broken byte decodes to U+FFFD, which no rule allows, so it is never taken for legal.
		if legal(r) {
			continue
		}
		if len(listed) == maxListed {
			more++
			continue
		}
		listed = append(listed, fmt.Sprintf("%s at position %d", quote(char), position))
	}
	if more > 0 {
		listed = append(listed, countOf(more, "more character")+" that it may not have")
	}
	if last := len(listed) - 1; last > 0 {
		return strings.Join(listed[:last], ", ") + " and " + listed[last]
	}
	return strings.Join(listed, "")
}

// The scopes in which the names of vaults can be held unique.
const (
	// NamesPerSubscription is the classic rule of backup vaults.
	NamesPerSubscription = "subscription"
	// NamesPerResourceGroup is what Azure's Recovery Services vaults have.
	NamesPerResourceGroup = "resource_group"
)
