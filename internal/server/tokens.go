package server

import (
	"crypto/hkdf"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"
)

const (
	tokenLife = time.Hour
	// tokenSkew is how long before now a token begins to be valid, for clients whose clock is a little behind.
	tokenSkew = 5 * time.Minute
)

// tokens issues access tokens and checks them. They are signed with a key that only this service has: nobody else needs
// to check them, and what they are for was decided when they were issued.
type tokens struct {
	secret string
	key    []byte
	now    func() time.Time
}

// newTokens makes the key of the secret, or else of the seed, so that tokens outlive a restart: clients keep them.
func newTokens(secret, seed string, now func() time.Time) *tokens {
	material, use := secret, "access tokens of a service with a secret"
	if secret == "" {
		material, use = seed, "access tokens of an open service"
	}
	key, err := hkdf.Key(sha256.New, []byte(material), nil, use, sha256.Size)
	if err != nil {
		panic(err) // a length that HKDF cannot give
	}
	return &tokens{secret: secret, key: key, now: now}
}

// grant is what a token is issued for.
type grant struct {
	issuer, tenant, client, audience, version string
}

// issue returns a token, and the moments from and up to which it is valid.
func (t *tokens) issue(g grant) (token string, from, until time.Time, err error) {
	now := t.now().Truncate(time.Second)
	from, until = now.Add(-tokenSkew), now.Add(time.Second+tokenLife)
	// The same client is the same principal at every sign-in.
	object := uuid.NewSHA1(uuid.NameSpaceURL, []byte("principal:"+g.client)).String()
	// Those of Azure's access tokens that clients look at.
	token, err = jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{
		"iss": g.issuer, "aud": g.audience, "sub": object, "oid": object, "tid": g.tenant, "appid": g.client, "ver": g.version,
		"iat": from.Unix(), "nbf": from.Unix(), "exp": until.Unix(),
	}).SignedString(t.key)
	return token, from, until, err
}

var errExpired = errors.New("the token has expired")

// check tells whether the text is a token that was issued here, or the secret itself.
func (t *tokens) check(token string) error {
	if t.isSecret(token) {
		return nil
	}
	_, err := jwt.Parse(token, func(*jwt.Token) (any, error) { return t.key, nil },
		jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}), jwt.WithExpirationRequired(), jwt.WithTimeFunc(t.now))
	switch {
	case errors.Is(err, jwt.ErrTokenExpired):
		return errExpired
	case errors.Is(err, jwt.ErrTokenMalformed):
		return errors.New("it is not a JSON web token") // the library's text may quote it
	case errors.Is(err, jwt.ErrTokenSignatureInvalid), errors.Is(err, jwt.ErrTokenUnverifiable):
		return errors.New("it was not issued by this service")
	case err != nil:
		return errors.New("it is not valid")
	}
	return nil
}

// isSecret compares in a time that does not depend on what is compared.
func (t *tokens) isSecret(s string) bool {
	if t.secret == "" {
		return false
	}
	given, secret := sha256.Sum256([]byte(s)), sha256.Sum256([]byte(t.secret))
	return subtle.ConstantTimeCompare(given[:], secret[:]) == 1
}

// minSecret is the length that keeps a secret from being guessed.
const minSecret = 16

func checkSecret(s string) error {
	if n := len(s); n < minSecret {
		return fmt.Errorf("the secret in it has %d characters; it needs %d or more, such as those of: openssl rand -hex 32", n, minSecret)
	}
	return nil
}
