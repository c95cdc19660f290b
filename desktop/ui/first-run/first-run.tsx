// The first run: name, lock, relay, people. Nothing is made before the relay is chosen, so that everything can be changed until then; what was
// typed stays when one goes back. Holds the passphrase only while it is on the screen.
import { useEffect, useState } from 'react';
import { useNavigation } from '../app/navigation.tsx';
import { type Answers, NO_ANSWERS } from './answers.ts';
import { LockStep } from './lock-step.tsx';
import { NameStep } from './name-step.tsx';
import { PeopleStep } from './people-step.tsx';
import { RelayStep } from './relay-step.tsx';
import { useSetUp } from './set-up.ts';

/** Calls `onDone` after its last step. */
export function FirstRun({ onDone }: { readonly onDone: () => void }) {
  const [step, setStep] = useState(0);
  const [answers, setAnswers] = useState<Answers>(NO_ANSWERS);
  const { place } = useNavigation();
  const setUp = useSetUp(answers, () => {
    setAnswers(({ name }) => ({ ...NO_ANSWERS, name }));
    setStep(3);
  });
  // A link that was used, or a button that leads into the window.
  useEffect(() => {
    if (step === 3 && place.at !== 'conversations') onDone();
  }, [step, place, onDone]);
  const props = {
    answers,
    change: (part: Partial<Answers>) => setAnswers((now) => ({ ...now, ...part })),
    onBack: () => setStep(step - 1),
    onNext: () => setStep(step + 1),
  };
  if (step === 0) return <NameStep key="name" {...props} />;
  if (step === 1) return <LockStep key="lock" {...props} />;
  if (step === 2) return <RelayStep key="relay" {...props} setUp={setUp} />;
  return <PeopleStep key="people" onDone={onDone} />;
}
