package azure

import (
	"context"
	"crypto"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"

	"github.com/azurebackup/terraform-provider-backup/internal/secretfile"
)

// Method is a way to sign in.
type Method string

// The sign-in methods, in the order in which they are tried.
const (
	ClientCertificate Method = "client certificate"
	ClientSecret      Method = "client secret"
	OIDCToken         Method = "OIDC token"
	OIDCRequest       Method = "OIDC request"
	ManagedIdentity   Method = "managed identity"
	AzureCLI          Method = "Azure CLI"
)

// method is a sign-in method under the settings given.
type method struct {
	name Method
	// skip says why the method is not tried; "" when it is.
	skip string
	// build makes azidentity's credential; its errors are shown to the user.
	build func() (azcore.TokenCredential, error)
	// explain, when not nil, puts a failure of the credential into better words.
	explain func(ctx context.Context, err error, f *failure) string
	// pastCache, when not "", are claims that make azidentity ask for a new token although it has one.
	pastCache string
}

// signIn makes the methods; it holds what they need.
type signIn struct {
	settings Settings
	cloud    Cloud
	options  azcore.ClientOptions
	network  Options
	redact   *redactor
}

func (s *signIn) methods() []method {
	all := []method{
		{name: ClientCertificate, skip: s.skipCertificate(), build: s.certificate},
		{name: ClientSecret, skip: s.skipSecret(), build: s.secret},
		{name: OIDCToken, skip: s.skipOIDCToken(), build: s.oidcToken},
		{name: OIDCRequest, skip: s.skipOIDCRequest(), build: s.oidcRequest},
		{name: ManagedIdentity, skip: s.skipManagedIdentity(), build: s.managedIdentity, pastCache: anyClaims},
	}
	explicit := on(s.settings.UseOIDC) || on(s.settings.UseAKSWorkloadIdentity)
	for _, m := range all {
		explicit = explicit || m.skip == ""
	}
	return append(all, method{name: AzureCLI, skip: s.skipCLI(explicit), build: s.azureCLI, explain: s.explainCLI})
}

func (s *signIn) skipCertificate() string {
	if s.settings.ClientCertificate == "" && s.settings.ClientCertificatePath == "" {
		return "neither client_certificate nor client_certificate_path is set"
	}
	return ""
}

func (s *signIn) certificate() (azcore.TokenCredential, error) {
	clientID, err := s.principal()
	if err != nil {
		return nil, err
	}
	data, source, err := s.certificateData()
	if err != nil {
		return nil, err
	}
	certificates, key, err := parseCertificates(data, s.settings.ClientCertificatePassword)
	if err != nil {
		return nil, fmt.Errorf("%s cannot be read: %w", source, err)
	}
	return azidentity.NewClientCertificateCredential(s.settings.TenantID, clientID, certificates, key,
		&azidentity.ClientCertificateCredentialOptions{
			ClientOptions:              s.options,
			AdditionallyAllowedTenants: s.settings.AuxiliaryTenantIDs,
			DisableInstanceDiscovery:   s.privateAuthority(),
		})
}

// certificateData is the PFX or PEM, and the name of the setting that it is from.
func (s *signIn) certificateData() (data []byte, source string, err error) {
	if text := s.settings.ClientCertificate; text != "" {
		// Text tools wrap base64 at 64 or 76 columns.
		data, err = base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), ""))
		if err != nil {
			return nil, "", errors.New("client_certificate is not base64")
		}
		return data, "client_certificate", nil
	}
	if data, err = secretfile.Certificate(s.settings.ClientCertificatePath); err != nil {
		return nil, "", unusable("client_certificate_path", err)
	}
	return data, "client_certificate_path", nil
}

// parseCertificates adds to azidentity's errors what its users run into: it reads the PFX files of OpenSSL 1 and of
// Windows' older export, not those that OpenSSL 3 writes unless told otherwise, and no encrypted keys in PEM.
func parseCertificates(data []byte, password string) ([]*x509.Certificate, crypto.PrivateKey, error) {
	if block, _ := pem.Decode(data); block != nil {
		// A password that is set for no reason must not make azidentity take the PEM for a PFX.
		certificates, key, err := azidentity.ParseCertificates(data, nil)
		if err != nil {
			return nil, nil, fmt.Errorf("%w; a PEM must hold a certificate and a private key that is not encrypted", err)
		}
		return certificates, key, nil
	}
	certificates, key, err := azidentity.ParseCertificates(data, []byte(password))
	switch {
	case err == nil:
		return certificates, key, nil
	case strings.Contains(err.Error(), "decryption password incorrect"):
		return nil, nil, errors.New("client_certificate_password is not the password of the PFX")
	default:
		return nil, nil, fmt.Errorf("%w; it must be a PEM, or a PFX with the older encryption (openssl pkcs12 -export -legacy)", err)
	}
}

func (s *signIn) skipSecret() string {
	if s.settings.ClientSecret == "" && s.settings.ClientSecretFilePath == "" {
		return "neither client_secret nor client_secret_file_path is set"
	}
	return ""
}

func (s *signIn) secret() (azcore.TokenCredential, error) {
	clientID, err := s.principal()
	if err != nil {
		return nil, err
	}
	secret, err := s.valueOrFile("client_secret", s.settings.ClientSecret, s.settings.ClientSecretFilePath)
	if err != nil {
		return nil, err
	}
	return azidentity.NewClientSecretCredential(s.settings.TenantID, clientID, secret, &azidentity.ClientSecretCredentialOptions{
		ClientOptions:              s.options,
		AdditionallyAllowedTenants: s.settings.AuxiliaryTenantIDs,
		DisableInstanceDiscovery:   s.privateAuthority(),
	})
}

// principal checks what every service principal needs, and returns its client id.
func (s *signIn) principal() (clientID string, err error) {
	if s.settings.TenantID == "" {
		return "", errors.New("tenant_id is not set")
	}
	if s.settings.ClientID == "" && s.settings.ClientIDFilePath == "" {
		return "", errors.New("client_id is not set")
	}
	return s.clientID()
}

func (s *signIn) clientID() (string, error) {
	if s.settings.ClientID == "" && s.settings.ClientIDFilePath == "" {
		return "", nil
	}
	return s.valueOrFile("client_id", s.settings.ClientID, s.settings.ClientIDFilePath)
}

// valueOrFile is the value of a setting that can be given in a file as well, called {name}_file_path. When both are
// given they must be the same, as azurerm has it.
func (s *signIn) valueOrFile(name, value, path string) (string, error) {
	value = strings.TrimSpace(value)
	if path == "" {
		return value, nil
	}
	read := secretfile.Text
	if name == "client_id" {
		read = readPlain // it is no secret
	}
	text, err := read(path)
	if err != nil {
		return "", unusable(name+"_file_path", err)
	}
	if name != "client_id" {
		s.redact.add(text)
	}
	switch {
	case text == "":
		return "", fmt.Errorf("%s_file_path names the file %s, which is empty", name, path)
	case value != "" && value != text:
		return "", fmt.Errorf("%s and the file %s of %s_file_path differ: remove one of the two", name, path, name)
	}
	return text, nil
}

func readPlain(path string) (string, error) {
	content, err := os.ReadFile(path)
	return strings.TrimSpace(string(content)), err
}

// unusable says why the file that a setting names is not used.
func unusable(setting string, err error) error {
	var unread *fs.PathError
	if errors.As(err, &unread) {
		return fmt.Errorf("%s cannot be read: %w", setting, err)
	}
	return fmt.Errorf("%s: %w", setting, err)
}

// clientOptions sends azidentity's requests to the cloud's authority, whatever the AZURE_* variables say.
func clientOptions(c Cloud, client *http.Client) azcore.ClientOptions {
	return azcore.ClientOptions{
		Transport: client,
		Cloud: cloud.Configuration{
			ActiveDirectoryAuthorityHost: c.Authority,
			Services: map[cloud.ServiceName]cloud.ServiceConfiguration{
				cloud.ResourceManager: {Endpoint: c.Endpoint, Audience: c.Audience},
			},
		},
	}
}

// privateAuthority tells that the authority is one that a metadata host named. azidentity would ask
// login.microsoftonline.com whether it can be trusted, which a separate cloud may not reach and which would not know it.
func (s *signIn) privateAuthority() bool { return s.cloud.Known == "" }
