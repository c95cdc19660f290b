// What is shown when the page itself breaks: what happened, that nothing is lost, and a way on. Never shows an error's own text: it may quote people.
import { Component, type ReactNode } from 'react';
import { Button } from '../design/button.tsx';
import { useWords } from '../words/use-words.ts';
import { FullScreen } from './full-screen.tsx';

/** Catches faults of everything inside. */
export class FaultBoundary extends Component<{ readonly children: ReactNode }, { readonly broken: boolean }> {
  override state = { broken: false };

  static getDerivedStateFromError() {
    return { broken: true };
  }

  override render(): ReactNode {
    return this.state.broken ? <FaultScreen onAgain={() => this.setState({ broken: false })} /> : this.props.children;
  }
}

function FaultScreen({ onAgain }: { readonly onAgain: () => void }) {
  const t = useWords('app');
  return (
    <FullScreen title={t('faultTitle')} lead={<span role="alert">{t('faultText')}</span>}>
      <Button variant="primary" size="l" onClick={() => location.reload()}>
        {t('reload')}
      </Button>
      <Button variant="quiet" onClick={onAgain}>
        {t('tryAgain')}
      </Button>
    </FullScreen>
  );
}
