package arm

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

// escapes is how often a link may be percent-encoded: the portal encodes an id that it nests in another path, and mail
// and chat programs encode the whole once more.
const escapes = 3

// linkedID matches a resource id within a link, whose parts end where another part of the link may begin.
var linkedID = regexp.MustCompile(`(?i)/subscriptions/([^/?#&]+)/resourceGroups/([^/?#&]+)/providers/([^/?#&]+/[^/?#&]+)/([^/?#&"',;\s]+)`)

// IsLink tells whether s is the address of a web page, or an id that is escaped as in one.
func IsLink(s string) bool {
	s = strings.ToLower(s)
	return strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "http://") || strings.HasPrefix(s, "%2fsubscriptions%2f")
}

// LinkText is a link without its escapes.
func LinkText(link string) string {
	text := link
	for range escapes {
		unescaped, err := url.PathUnescape(text)
		if err != nil {
			break // a per cent sign that is one
		}
		text = unescaped
	}
	return text
}

// ParseLink finds the id of a resource of the given type in a link, such as one to its pages in the Azure portal:
//
//	https://portal.azure.com/#@contoso.com/resource/subscriptions/…/vaults/v/overview
//	https://portal.azure.cn/#view/Microsoft_Azure_RecoveryServices/VaultBlade/id/%2Fsubscriptions%2F…
//
// Whose portal it is does not matter. The error is written for the user.
func ParseLink(link, resourceType string) (ID, error) {
	other := ""
	for _, match := range linkedID.FindAllStringSubmatch(LinkText(link), -1) {
		id := ID{SubscriptionID: match[1], ResourceGroup: match[2], Type: match[3], Name: match[4]}
		if _, err := ParseID(id.String()); err != nil {
			continue // it would be refused wherever it is used
		}
		if strings.EqualFold(id.Type, resourceType) {
			id.Type = resourceType
			return id, nil
		}
		other = id.Type
	}
	if other != "" {
		return ID{}, fmt.Errorf("the link %s is to a %s, not to a %s", link, other, resourceType)
	}
	return ID{}, fmt.Errorf("the link %s holds no Azure resource id", link)
}
