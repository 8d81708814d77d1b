// Identity provider for the tests: oidc-provider with its development interactions. It keeps
// everything in memory; each start makes new signing keys, which is how a rotation is played.
// Arguments: port, return address, back-channel logout address, `ficha` or `userinfo` (where the
// claims go).
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { Provider } from 'oidc-provider';

const [puerto, retorno, salida, donde] = process.argv.slice(2);
const emisor = `http://127.0.0.1:${puerto}`;

const clave = (tipo, opciones, alg) => ({
  ...generateKeyPairSync(tipo, opciones).privateKey.export({ format: 'jwk' }),
  kid: `${alg}-${randomBytes(6).toString('hex')}`,
  use: 'sig',
  alg,
});

const cliente = (client_id, resto) => ({
  client_id,
  redirect_uris: [retorno],
  post_logout_redirect_uris: [retorno],
  response_types: ['code'],
  grant_types: ['authorization_code'],
  backchannel_logout_uri: salida,
  backchannel_logout_session_required: true,
  ...resto,
});

const personas = {
  jmosca: { roles: ['administrador', 'offline_access'], name: 'Javier Mosca', verificado: true },
  lgomez: { roles: ['consulta'], name: 'Laura Gómez', verificado: false },
};

const provider = new Provider(emisor, {
  jwks: {
    keys: [
      clave('rsa', { modulusLength: 2048 }, 'RS256'),
      clave('ec', { namedCurve: 'P-256' }, 'ES256'),
      clave('rsa', { modulusLength: 2048 }, 'PS256'),
    ],
  },
  clients: [
    cliente('ramal', { token_endpoint_auth_method: 'none' }),
    cliente('ramal-es', {
      client_secret: 'secreto de pruebas: &=+%',
      id_token_signed_response_alg: 'ES256',
    }),
    cliente('ramal-ps', {
      client_secret: 'secreto-de-pruebas',
      token_endpoint_auth_method: 'client_secret_post',
      id_token_signed_response_alg: 'PS256',
    }),
  ],
  claims: {
    openid: ['sub', 'realm_access'],
    email: ['email', 'email_verified'],
    profile: ['name'],
  },
  conformIdTokenClaims: donde === 'userinfo',
  clientAuthMethods: ['none', 'client_secret_basic', 'client_secret_post'],
  enabledJWA: { idTokenSigningAlgValues: ['RS256', 'ES256', 'PS256'] },
  pkce: { required: () => true },
  cookies: { keys: [randomBytes(16).toString('hex')] },
  ttl: { AccessToken: 600, AuthorizationCode: 60, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
  features: {
    devInteractions: { enabled: true },
    backchannelLogout: { enabled: true },
    rpInitiatedLogout: { enabled: true },
  },
  // It refuses to call a loopback address through its own dispatcher.
  fetch: (url, { dispatcher, ...resto }) => globalThis.fetch(url, resto),
  findAccount: (_ctx, id) => {
    const persona = personas[id];
    return persona && {
      accountId: id,
      claims: () => ({
        sub: id,
        name: persona.name,
        email: `${id}@isp.example`,
        email_verified: persona.verificado,
        realm_access: { roles: persona.roles },
      }),
    };
  },
});

provider.on('server_error', (_ctx, error) => console.error(error));
provider.on('backchannel.error', (_ctx, error) => console.error(error));
provider.listen(Number(puerto), '127.0.0.1', () => console.log('LISTO'));
// The test holds the other end: it closes when the test ends, however it ends.
process.stdin.resume().on('end', () => process.exit(0));
