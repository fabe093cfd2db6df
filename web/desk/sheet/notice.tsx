import type { ComponentChildren } from 'preact'
import { Page } from './page.tsx'

/** A page that only says something. */
export const Notice = ({ title, children }: { readonly title: string; readonly children: ComponentChildren }) => (
  <Page title={title}>
    <p class="lead">{children}</p>
  </Page>
)
