export { authority, type AuthorityArgs } from './authority.ts'
export { certificate, type CertificateArgs } from './certificate.ts'
export { trust, type TrustArgs } from './trust.ts'
