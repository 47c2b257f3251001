package server

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

const (
	authorityLife   = 10 * 365 * 24 * time.Hour
	certificateLife = 397 * 24 * time.Hour // what browsers take at most
	// renewBefore is how long before its end a certificate is made anew.
	renewBefore = 30 * 24 * time.Hour
)

// The files in the folder of self-made certificates.
const (
	authorityFile    = "ca.pem"
	authorityKeyFile = "ca-key.pem"
	serverFile       = "server.pem"
	serverKeyFile    = "server-key.pem"
)

// selfSigned returns a certificate for the names, signed by an authority of its own. Both are kept in the folder and used
// again while they are good, so that clients need to be told of the authority once.
func selfSigned(folder string, names []string, now time.Time) (tls.Certificate, error) {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return tls.Certificate{}, err
	}
	authority, made, err := loadAuthority(folder, now)
	if err != nil {
		return tls.Certificate{}, err
	}
	if !made {
		if pair, ok := loadServer(folder, authority.Leaf, names, now); ok {
			return pair, nil
		}
	}
	return makeServer(folder, authority, names, now)
}

// loadAuthority returns the authority in the folder, or makes one.
func loadAuthority(folder string, now time.Time) (authority tls.Certificate, made bool, err error) {
	pair, err := tls.LoadX509KeyPair(filepath.Join(folder, authorityFile), filepath.Join(folder, authorityKeyFile))
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		// Maybe it is somebody's; it is not replaced.
		return pair, false, fmt.Errorf("the certificate authority in %s cannot be used; remove %s and %s to have a new one made: %w",
			folder, authorityFile, authorityKeyFile, err)
	case !pair.Leaf.IsCA:
		return pair, false, fmt.Errorf("%s is not the certificate of an authority", filepath.Join(folder, authorityFile))
	case pair.Leaf.NotAfter.After(now.Add(renewBefore)):
		return pair, false, nil
	}
	template := &x509.Certificate{
		Subject:               pkix.Name{CommonName: "Embedded backup service, made " + now.UTC().Format(time.DateOnly)},
		NotBefore:             now.Add(-time.Hour),
		NotAfter:              now.Add(authorityLife),
		IsCA:                  true,
		MaxPathLenZero:        true,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
	pair, err = makePair(folder, authorityFile, authorityKeyFile, template, nil)
	return pair, true, err
}

// loadServer returns the server's certificate in the folder if it is good for all names.
func loadServer(folder string, authority *x509.Certificate, names []string, now time.Time) (tls.Certificate, bool) {
	pair, err := tls.LoadX509KeyPair(filepath.Join(folder, serverFile), filepath.Join(folder, serverKeyFile))
	if err != nil || pair.Leaf.NotAfter.Before(now.Add(renewBefore)) || pair.Leaf.CheckSignatureFrom(authority) != nil {
		return tls.Certificate{}, false
	}
	for _, name := range names {
		if pair.Leaf.VerifyHostname(name) != nil {
			return tls.Certificate{}, false
		}
	}
	return pair, true
}

func makeServer(folder string, authority tls.Certificate, names []string, now time.Time) (tls.Certificate, error) {
	template := &x509.Certificate{
		Subject:     pkix.Name{CommonName: names[0]},
		NotBefore:   now.Add(-time.Hour),
		NotAfter:    now.Add(certificateLife),
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	if authority.Leaf.NotAfter.Before(template.NotAfter) {
		template.NotAfter = authority.Leaf.NotAfter
	}
	for _, name := range names {
		if ip := net.ParseIP(name); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, name)
		}
	}
	return makePair(folder, serverFile, serverKeyFile, template, &authority)
}

// makePair makes a key and a certificate, signed by the authority or, without one, by itself, and writes both.
func makePair(folder, file, keyFile string, template *x509.Certificate, authority *tls.Certificate) (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	if template.SerialNumber, err = rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127)); err != nil {
		return tls.Certificate{}, err
	}
	parent, signer := template, any(key)
	if authority != nil {
		parent, signer = authority.Leaf, authority.PrivateKey
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	if err != nil {
		return tls.Certificate{}, err
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return tls.Certificate{}, err
	}
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	keyText := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER})
	if err := replaceFile(filepath.Join(folder, keyFile), keyText, 0o600); err != nil {
		return tls.Certificate{}, err
	}
	if err := replaceFile(filepath.Join(folder, file), certificate, 0o644); err != nil {
		return tls.Certificate{}, err
	}
	return tls.X509KeyPair(certificate, keyText)
}

// replaceFile writes a file anew, so that it has this mode also where there was one with another.
func replaceFile(path string, content []byte, mode os.FileMode) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return os.WriteFile(path, content, mode)
}
